// Uses the client of functions/api as a page would, and tells what it has seen as one line of JSON.
import { Freshet, Trouble, ageInWords } from "./client.js";

const [url, token, connectionId] = process.argv.slice(2);
const api = new Freshet(url, async () => token);
const seen = { accounts: [], ages: [], statuses: [], refused: null };

for await (const account of api.holdings()) {
  seen.accounts.push(account.account_id);
  seen.ages.push(ageInWords(account.freshness));
}
for await (const refresh of api.refresh(connectionId, "one-press")) {
  seen.statuses.push(refresh.status);
}
try {
  for await (const _ of api.refresh(connectionId, "another-press"));
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  seen.refused = { status: error.status, code: error.problem.code };
}
console.log(JSON.stringify(seen));
