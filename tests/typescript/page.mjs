// A frontend of its own: the client of functions/api in a browser, on another origin than the API's.
import { Freshet, ageInWords } from "./client.js";

const { url, token, cards } = await (await fetch("/settings.json")).json();
const api = new Freshet(url, async () => token);
const seen = { accounts: [], ages: [], cards: [] };

for await (const account of api.holdings()) {
  seen.accounts.push(account.account_id);
  seen.ages.push(ageInWords(account.freshness));
}
// A page of cards, each of which asks for itself, all at once.
const asked = Array.from({ length: cards }, () => api.ask("/v1/portfolio"));
seen.cards = (await Promise.all(asked)).map((portfolio) => portfolio.accounts.length);
document.querySelector("output").textContent = JSON.stringify(seen);
