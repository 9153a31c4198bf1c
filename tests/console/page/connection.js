/** One connection: how it is, what its user should do, and what a refresh of it costs. */

import { money } from "./digits.js";
import { h } from "./dom.js";
import { nameOf } from "./overview.js";
import { progressText } from "./refreshing.js";
import { state } from "./state.js";
import { ago, length, now } from "./times.js";
import { modeOf, plain, providerOf, reasonOf, refreshOf, statusOf } from "./words.js";

const STEPS = ["queued", "reserved", "calling", "accepted"];

/** Draw its head. @param {any} connection */
export function connectionHead(connection) {
  const status = statusOf(connection.status);
  return h(
    "header",
    { class: "top", key: connection.id },
    h("div", { class: "title" },
      h("p", { class: "eyebrow" }, `${providerOf(connection.provider)} · ${modeOf(connection.data_mode)}`),
      h("h1", null, nameOf(connection)),
      h("p", { class: "meta" },
        h("span", { class: `state ${status.tone}` }, status.label),
        connection.next_read_at && h("span", { class: "sub" }, `Next read ${ago(connection.next_read_at)}`))),
    refreshPart(connection),
    advice(connection, status),
  );
}

/** @param {any} connection @param {{advice?: string, tone: string}} status */
function advice(connection, status) {
  const because = connection.status_reason ? plain(connection.status_reason) : null;
  if (!status.advice) return null;
  return h(
    "div",
    { class: `alert ${status.tone}`, key: "advice" },
    h("div", null, h("p", null, status.advice), because && h("p", { class: "sub" }, `The provider says: ${because}.`)),
    connection.user_action && h("button", { class: "primary", "data-action": "repair" }, "Log in again"),
  );
}

/** @param {any} connection */
function refreshPart(connection) {
  const { refresh, problem, isAsking } = state.refreshes.get(connection.id) ?? {};
  const isUnderWay = Boolean(isAsking || (refresh && !refresh.is_terminal));
  const { method, cost } = connection.refresh;
  const isFree = method === "read";
  const isBlocked = isUnderWay || connection.user_action !== null;
  return h(
    "section",
    { class: "refresh", key: "refresh", "aria-label": "Refresh" },
    h("button", { class: "primary wide", "data-action": "refresh", "aria-disabled": isBlocked ? "true" : null, "aria-describedby": "refresh-note" },
      h("span", null, isUnderWay ? "Refreshing…" : isFree ? "Read now" : "Refresh now"),
      h("span", { class: "price" }, isFree ? "free" : money(cost))),
    h("progress", progressOf(refresh, isAsking)),
    h("p", { class: "note", id: "refresh-note" }, noteOf(connection, refresh, problem, isAsking)),
  );
}

/** @param {any} refresh @param {boolean | undefined} isAsking */
function progressOf(refresh, isAsking) {
  const label = { "aria-label": "Progress of the refresh", max: 100 };
  if (isAsking) return { ...label, value: 8, class: "busy" };
  if (!refresh) return { ...label, value: 0 };
  if (refresh.is_terminal) return { ...label, value: 100, class: refreshOf(refresh.status).tone };
  const { expected, done } = refresh.accounts;
  const step = Math.max(0, STEPS.indexOf(refresh.status));
  return { ...label, value: 15 + step * 15 + (expected ? (30 * done) / expected : 0), class: "busy" };
}

/** @param {any} connection @param {any} refresh @param {any} problem @param {boolean | undefined} isAsking */
function noteOf(connection, refresh, problem, isAsking) {
  if (isAsking) return "Asking…";
  if (problem) return h("span", { class: "bad" }, h("b", null, problem.message), problemRest(problem));
  if (refresh) return refreshNote(refresh);
  if (connection.user_action) return "Not before its user has logged in again.";
  const left = state.usage?.connections.find((each) => each.connection_id === connection.id)?.day;
  const budget = left && connection.refresh.method !== "read" ? ` ${left.left} of today's ${left.limit} left.` : "";
  const refusal = connection.refresh.last_refusal;
  if (refusal) return `${reasonText(refusal)}${budget}`;
  return connection.refresh.method === "read" ? "Read live: nothing is bought." : `Goes to the broker.${budget}`;
}

/** @param {any} refresh */
function refreshNote(refresh) {
  const reason = refresh.reason ? ` ${reasonText(refresh.reason)}` : "";
  const paid = refresh.cost && refresh.method === "purchase" && refresh.status !== "refused"
    ? [" Cost ", money(refresh.cost), "."] : [" Free."];
  return [progressText(refresh), reason, refresh.is_terminal ? paid : null];
}

/** @param {string} code */
function reasonText(code) {
  return reasonOf(code) ?? "";
}

/** @param {any} problem */
function problemRest(problem) {
  const left = problem.retryAt ? length(Math.max(0, problem.retryAt - now())) : null;
  const detail = problem.detail ? ` ${problem.detail}` : "";
  const again = left ? ` Try again in ${left}.` : "";
  return [`.${detail}${again} `, problem.code && h("code", null, problem.code)];
}

/** Draw what there is to do where nothing is connected. */
export function emptyPage() {
  return h(
    "section",
    { class: "empty", key: "empty" },
    h("h1", null, "Nothing connected yet"),
    h("p", null, "Connect a brokerage to see its holdings, how fresh they are, and what they did over time."),
    h("button", { class: "primary", "data-action": "connect" }, "Connect a brokerage"),
  );
}

/** Draw what stands in for a connection that is loading. */
export function loadingPage() {
  return h(
    "section",
    { class: "loading", key: "loading", "aria-busy": "true" },
    h("p", { class: "skeleton title" }), h("p", { class: "skeleton" }), h("p", { class: "skeleton tall" }),
    h("p", { class: "spoken" }, "Loading"),
  );
}

/** Draw what stands in for its accounts. */
export function loadingAccounts() {
  return h("section", { class: "loading", key: "loading-accounts", "aria-busy": "true" },
    h("p", { class: "skeleton big" }), h("p", { class: "skeleton tall" }), h("p", { class: "spoken" }, "Loading accounts"));
}
