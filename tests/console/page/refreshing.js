/** Pressing refresh once, whatever the network does, and following it to its end. */

import { Problem } from "./api.js";
import { beLively } from "./loading.js";
import { redraw, speak, state } from "./state.js";
import { counted, refreshOf } from "./words.js";

const TRIES = 3;

/**
 * Ask for a refresh and follow it until it is over.
 * @param {string} connectionId
 */
export async function refresh(connectionId) {
  const api = /** @type {NonNullable<typeof state.api>} */ (state.api);
  const shown = state.refreshes.get(connectionId);
  if (shown?.isAsking || (shown?.refresh && !shown.refresh.is_terminal)) return;
  note(connectionId, null, null, true);
  try {
    let answer = await ask(api, `/v1/connections/${connectionId}/refresh`);
    const location = answer.headers.get("Location") ?? `/v1/refreshes/${answer.body.id}`;
    while (state.api === api) {
      note(connectionId, answer.body, null, false);
      if (answer.body.is_terminal) break;
      await wait(Number(answer.headers.get("Retry-After") ?? 2));
      answer = await api.call("GET", location);
    }
  } catch (problem) {
    if (state.api === api) note(connectionId, null, problem, false);
  }
  beLively(8);
}

/**
 * One press is one key: a request whose answer was lost is repeated, and never buys again.
 * @param {import("./api.js").Api} api @param {string} path
 */
async function ask(api, path) {
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  for (let tried = 1; ; tried += 1) {
    try {
      return await api.call("POST", path, { headers });
    } catch (problem) {
      const isLost = problem instanceof Problem && (problem.status === 0 || problem.status === 504);
      if (!isLost || tried === TRIES) throw problem;
      await wait(tried);
    }
  }
}

/** @param {string} connectionId @param {any} refresh @param {any} problem @param {boolean} isAsking */
function note(connectionId, refresh, problem, isAsking) {
  state.refreshes.set(connectionId, { refresh, problem, isAsking });
  if (isAsking) speak("Refresh asked for.");
  else if (problem) speak(`Refresh refused. ${problem.message}. ${problem.detail ?? ""}`);
  else speak(`Refresh: ${progressText(refresh)}`);
  redraw();
}

/** Say how far a refresh is. @param {any} refresh */
export function progressText(refresh) {
  const { expected, done } = refresh.accounts;
  const joined = refresh.joined ? " Joined one that was under way: not paid twice." : "";
  const accounts = expected ? `${done} of ${counted(expected, "account")}` : "";
  return `${refreshOf(refresh.status).label}${accounts ? ` · ${accounts}` : ""}.${joined}`;
}

/** @param {number} seconds */
function wait(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
