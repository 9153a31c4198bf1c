/** Making trouble in the simulators, and telling what Freshet did about it. */

import { ask } from "./api.js";
import { beLively } from "./loading.js";
import { redraw, speak, state } from "./state.js";
import { counted } from "./words.js";

/** @type {{name: string, label: string, text: string}[]} */
export const TROUBLES = [
  { name: "break", label: "Break the login", text: "The broker wants its user to log in again." },
  { name: "lose", label: "Lose a webhook", text: "The next refresh is done, and nobody says so." },
  { name: "empty", label: "Answer empty", text: "The next read finds no positions at all." },
  { name: "thrice", label: "Deliver thrice", text: "Something is traded, and announced three times." },
  { name: "forge", label: "Forge a webhook", text: "A stranger says that the login is broken." },
];

const SETTLED_AFTER = 6_000;

/**
 * Make trouble for a connection.
 * @param {string} name
 * @param {any} connection
 */
export async function makeTrouble(name, connection) {
  const api = /** @type {NonNullable<typeof state.api>} */ (state.api);
  const accounts = (state.accounts.get(connection.id) ?? []).filter((each) => each.freshness.changed_at);
  const target = {
    provider: connection.provider,
    connection_id: connection.provider_ids.connection,
    account_ids: accounts.map((each) => each.provider_ids.account),
  };
  state.making = name;
  redraw();
  try {
    const path = name === "thrice" && accounts[0] ? `/v1/accounts/${accounts[0].id}/snapshots` : null;
    const before = path ? await api.items(path) : [];
    const { deliveries } = await ask(`/trouble/${name}`, target);
    say(connection.id, outcomeText(name, deliveries), toneOf(name, deliveries));
    beLively(25);
    if (path) {
      const versions = await settledVersions(api, path);
      const made = versions.length - before.length;
      say(connection.id, `${counted(made, "new version")} of the holdings.`, made === 1 ? "good" : "bad");
    }
  } catch (problem) {
    const { message, detail } = /** @type {any} */ (problem);
    say(connection.id, [message, detail].filter(Boolean).join(": "), "bad");
  } finally {
    state.making = null;
    redraw();
  }
}

/** @param {string} name @param {{event: string, answers: (number | null)[]}[]} deliveries */
function outcomeText(name, deliveries) {
  const told = deliveries.map(({ event, answers }) => `${event}: ${answers.join(", ")}`).join("; ");
  const texts = {
    break: `Login broken. ${told}.`,
    lose: "The next announcement will be lost. Press refresh: a free read after a minute finds out.",
    empty: `The next read is empty. ${told}.`,
    thrice: `Traded. ${told}.`,
    forge: `Forged ${told}: refused.`,
  };
  return name === "forge" && !isRefused(deliveries) ? `Forged ${told}: let in!` : texts[name];
}

/** @param {string} name @param {{answers: (number | null)[]}[]} deliveries */
function toneOf(name, deliveries) {
  if (name === "forge") return isRefused(deliveries) ? "good" : "bad";
  return "warn";
}

/** @param {{answers: (number | null)[]}[]} deliveries */
function isRefused(deliveries) {
  return deliveries.length > 0 && deliveries.every(({ answers }) => answers.every((status) => status === 401));
}

/** Wait until nothing new has come for a while. @param {import("./api.js").Api} api @param {string} path */
async function settledVersions(api, path) {
  await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER));
  return api.items(path);
}

/** @param {string} connectionId @param {string} text @param {string} tone */
function say(connectionId, text, tone) {
  const lines = state.log.get(connectionId) ?? [];
  state.log.set(connectionId, [{ text, tone }, ...lines].slice(0, 8));
  speak(text);
  redraw();
}
