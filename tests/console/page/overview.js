/** The side of the page: what it all is worth, the connections, what may still be spent. */

import { isZero, money, number } from "./digits.js";
import { h } from "./dom.js";
import { state } from "./state.js";
import { ago } from "./times.js";
import { counted, providerOf, reconciledOf, statusOf } from "./words.js";

/** Draw it. */
export function overview() {
  return [portfolioPart(), budgetPart(), connectionsPart()];
}

function portfolioPart() {
  const { portfolio } = state;
  const title = h("h2", { class: "eyebrow", id: "portfolio-title" }, "Portfolio");
  const part = (...inside) => h("section", { class: "part worth", key: "portfolio", "aria-labelledby": "portfolio-title" }, title, ...inside);
  if (!portfolio) return part(h("p", { class: "skeleton big" }), h("p", { class: "skeleton" }));
  if (portfolio.totals.length === 0) return part(h("p", { class: "total none" }, "Nothing to show yet"));
  return part(
    portfolio.totals.map((each) => h("p", { class: "total", key: each.currency }, number(each.total), h("span", { class: "unit" }, each.currency))),
    h("p", { class: "note" }, worthNote(portfolio)),
    portfolio.reconciliation && reconciliationNote(portfolio.reconciliation),
  );
}

/** @param {any} reconciliation */
function reconciliationNote({ status, not_reconciled: amounts }) {
  if (amounts.length === 0) return h("p", { class: `mark ${reconciledOf(status).tone}` }, "Agrees with the brokers' totals");
  const each = amounts.map((amount, place) => [place > 0 && ", ", money(amount)]);
  return h("p", { class: "note" }, "In accounts that agree with no stated total: ", each);
}

/** @param {any} portfolio */
function worthNote(portfolio) {
  const counts = portfolio.accounts.filter((each) => each.is_counted && each.totals);
  const currencies = portfolio.totals.length > 1 ? " Currencies are never added together." : "";
  return `${counted(counts.length, "account")} counted.${currencies}`;
}

function connectionsPart() {
  const { connections } = state;
  return h(
    "nav",
    { class: "part", key: "connections", "aria-labelledby": "connections-title" },
    h("div", { class: "head" },
      h("h2", { class: "eyebrow", id: "connections-title" }, "Connections"),
      h("button", { class: "small", "data-action": "connect", disabled: !state.api }, "Connect")),
    connections === null && h("ul", { class: "connections" }, [1, 2].map((row) => h("li", { key: row, class: "skeleton row" }))),
    connections?.length === 0 && h("p", { class: "note" }, "No brokerage is connected yet."),
    connections && h("ul", { class: "connections" }, connections.map(connectionItem)),
  );
}

/** @param {any} connection */
function connectionItem(connection) {
  const status = statusOf(connection.status);
  const isCurrent = connection.id === state.connectionId;
  return h(
    "li",
    { key: connection.id },
    h(
      "button",
      { class: "connection", "data-action": "choose", "data-id": connection.id, "aria-current": isCurrent ? "true" : null },
      h("span", { class: "name" }, nameOf(connection)),
      h("span", { class: `state ${status.tone}` }, connection.paused ? "Paused" : status.label),
      h("span", { class: "sub" }, `${providerOf(connection.provider)} · linked ${ago(connection.created_at)}`),
    ),
  );
}

/** Name a connection; until its first read nobody knows the institution. @param {any} connection */
export function nameOf(connection) {
  return connection.institution.name ?? connection.institution.id ?? "New connection";
}

function budgetPart() {
  const { usage } = state;
  const title = h("h2", { class: "eyebrow", id: "budget-title" }, "Refresh budget");
  const part = (...inside) => h("section", { class: "part budget", key: "budget", "aria-labelledby": "budget-title" }, title, ...inside);
  if (!usage) return part(h("p", { class: "skeleton" }), h("p", { class: "skeleton" }));
  const { day, month } = usage.user;
  const isFree = isZero(month.spent.amount);
  return part(
    h("p", { class: "split" }, h("span", null, "Left today"), h("b", null, `${day.left} of ${day.limit}`)),
    h("progress", { max: day.limit, value: day.left, "aria-label": "Refreshes left today" }),
    h("p", { class: "split" }, h("span", null, "Spent this month"), h("b", { class: isFree ? "none" : null }, money(month.spent))),
    h("p", { class: "note" }, `Reads are free. The day ends ${ago(day.resets_at)}.`),
  );
}
