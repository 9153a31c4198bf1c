/** One connection's accounts, and what the one that is looked at holds. */

import { money, number } from "./digits.js";
import { h } from "./dom.js";
import { freshnessMark, freshnessPart } from "./freshness.js";
import { state } from "./state.js";
import { day } from "./times.js";
import { kindOf, plain, reasonOf } from "./words.js";

/** Draw the choice of accounts. @param {any[]} accounts */
export function accountTabs(accounts) {
  return h(
    "div",
    { class: "tabs", key: "tabs", role: "group", "aria-label": "Accounts" },
    accounts.map((each) => h(
      "button",
      { class: "tab", key: each.id, "data-action": "account", "data-id": each.id, "aria-pressed": String(each.id === state.accountId) },
      h("span", { class: "name" }, each.name ?? plain(each.kind)),
      h("span", { class: "sub" }, each.number ?? plain(each.kind)),
      freshnessMark(each.freshness),
    )),
  );
}

/** Draw freshness and totals of an account. @param {any} account @param {any} holdings */
export function accountHead(account, holdings) {
  const freshness = holdings?.freshness ?? account.freshness;
  return h(
    "div",
    { class: "facts", key: "facts" },
    h("section", { class: "totals", "aria-label": "Totals" }, totals(account, holdings)),
    freshnessPart(freshness),
  );
}

/** @param {any} account @param {any} holdings */
function totals(account, holdings) {
  if (!holdings) return h("p", { class: "skeleton big" });
  const rows = holdings.totals ?? [];
  if (rows.length > 0) return rows.map(totalRow);
  return [
    h("p", { class: "total" }, account.value ? money(account.value) : number(null)),
    h("p", { class: "note" }, account.value ? "As the provider states it" : "Not known yet"),
  ];
}

/** @param {any} total */
function totalRow(total) {
  const unpriced = total.unpriced_positions ? ` · ${total.unpriced_positions} without a price` : "";
  return h(
    "div",
    { class: "sum", key: total.currency },
    h("p", { class: "total" }, number(total.total), h("span", { class: "unit" }, total.currency)),
    h("p", { class: "note" }, "Positions ", number(total.positions), " · cash ", number(total.cash), unpriced),
  );
}

/** Draw what it holds. @param {any} account @param {any} holdings */
export function holdingsPart(account, holdings) {
  return h(
    "section",
    { class: "card", key: "holdings", "aria-labelledby": "holdings-title" },
    h("h2", { id: "holdings-title" }, "Holdings"),
    holdings ? holdingsTable(account, holdings) : h("p", { class: "skeleton tall" }),
  );
}

/** @param {any} account @param {any} holdings */
function holdingsTable(account, holdings) {
  if (holdings.positions === null) {
    const why = reasonOf(account.freshness.reason) ?? "It has not been read yet, which is not the same as empty.";
    return h("p", { class: "blank" }, why);
  }
  const cash = holdings.balances ?? [];
  if (holdings.positions.length + cash.length === 0) return h("p", { class: "blank" }, "This account holds nothing.");
  const head = ["Instrument", "Units", "Price", "Cost per unit", "Value"];
  return h(
    "table",
    { class: "holdings", role: "table" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head.map((name) => h("th", { scope: "col", role: "columnheader" }, name)))),
    h("tbody", { role: "rowgroup" }, holdings.positions.map(positionRow), cash.map(cashRow)),
  );
}

/** @param {any} position @param {number} place */
function positionRow(position, place) {
  const { instrument, currency } = position;
  const cell = (label, ...inside) => h("td", { role: "cell", "data-label": label }, ...inside);
  return h(
    "tr",
    { role: "row", key: `${instrument.figi ?? instrument.symbol ?? instrument.name}/${place}` },
    h("th", { scope: "row", role: "rowheader" },
      h("b", null, titleOf(instrument)),
      h("span", { class: "sub" }, subtitleOf(position))),
    cell("Units", number(position.units)),
    cell("Price", number(position.price, "no price")),
    cell("Cost per unit", number(position.cost_per_unit)),
    cell("Value", number(position.value, "no value"), h("span", { class: "unit" }, ` ${currency ?? ""}`)),
  );
}

/** @param {any} balance */
function cashRow(balance) {
  const none = (label) => h("td", { role: "cell", "data-label": label });
  return h(
    "tr",
    { role: "row", class: "cash", key: `cash/${balance.currency}` },
    h("th", { scope: "row", role: "rowheader" }, h("b", null, "Cash"), h("span", { class: "sub" }, balance.currency)),
    none("Units"), none("Price"), none("Cost per unit"),
    h("td", { role: "cell", "data-label": "Value" }, number(balance.cash, "not told"), h("span", { class: "unit" }, ` ${balance.currency}`)),
  );
}

/** Name an instrument. @param {any} instrument */
export function titleOf(instrument) {
  const { option } = instrument;
  if (!option) return instrument.symbol ?? instrument.name ?? "Unnamed";
  return `${option.underlying ?? instrument.symbol} ${option.strike ?? ""} ${plain(option.side ?? "option")}`;
}

/** @param {any} position */
function subtitleOf({ instrument, cash_equivalent: isCash }) {
  const { option } = instrument;
  const expiry = option?.expires_on ? `expires ${day(option.expires_on)} ${option.expires_on.slice(0, 4)}` : null;
  const kind = kindOf(instrument.kind);
  return [expiry ?? instrument.name, isCash ? "Counts as cash" : kind].filter(Boolean).join(" · ");
}
