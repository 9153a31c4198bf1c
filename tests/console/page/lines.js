/** What an account holds and owes, line by line. */

import { isZero, number } from "./digits.js";
import { h } from "./dom.js";
import { dated } from "./times.js";
import { kindOf, numbersOf, plain, reasonOf } from "./words.js";

const COLUMNS = ["Instrument", "Units", "Price", "Cost per unit", "Value"];

/** Draw the card. @param {any} account @param {any} holdings */
export function holdingsPart(account, holdings) {
  return h(
    "section",
    { class: "card", key: "holdings", "aria-labelledby": "holdings-title" },
    h("h2", { id: "holdings-title" }, "Holdings"),
    holdings ? body(account, holdings) : h("p", { class: "skeleton tall" }),
  );
}

/** @param {any} account @param {any} holdings */
function body(account, { positions, balances, debts }) {
  const rows = [...(positions ?? []).map(positionRow), ...(balances ?? []).map(cashRow), ...(debts ?? []).map(debtRow)];
  const unread = reasonOf(account.freshness.reason) ?? "It has not been read yet, which is not the same as empty.";
  return [
    positions === null && h("p", { class: "blank" }, unread),
    rows.length > 0 && table(rows),
    rows.length === 0 && positions && balances && h("p", { class: "blank" }, "This account holds nothing."),
    positions && !balances && h("p", { class: "note" }, "How much cash there is, is not known."),
  ];
}

/** @param {Element[]} rows */
function table(rows) {
  return h(
    "table",
    { class: "holdings", role: "table" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, COLUMNS.map((name) => h("th", { scope: "col", role: "columnheader" }, name)))),
    h("tbody", { role: "rowgroup" }, rows),
  );
}

/** @param {any} position */
function positionRow(position) {
  const { instrument, currency } = position;
  return row(position.id, titleOf(instrument), subtitleOf(position), [
    [number(position.units), unvested(position.unvested_units)],
    [number(position.price, "no price"), ...priceNotes(position)],
    [number(position.cost_per_unit)],
    [...valueOf(position), unvested(position.unvested_value, currency)],
  ]);
}

/** @param {any} balance */
function cashRow({ currency, cash, is_listed: isListed, numbers }) {
  const words = [currency, isListed ? null : "not listed by the broker", numbersOf(numbers)];
  return row(`cash/${currency}`, "Cash", words, [[], [], [], [number(cash, "not told"), unit(currency)]], "cash");
}

/** @param {any} debt */
function debtRow({ currency, amount, is_in_cash: isInCash, numbers }) {
  const words = [currency, isInCash ? "in the cash already" : "subtracted", numbersOf(numbers)];
  return row(`debt/${currency}`, "Debt", words, [[], [], [], [number(amount, "not told"), unit(currency)]], "cash");
}

/** @param {string} key @param {string} title @param {unknown[]} words @param {unknown[][]} cells @param {string | null} [kind] */
function row(key, title, words, cells, kind = null) {
  return h(
    "tr",
    { role: "row", class: kind, key },
    h("th", { scope: "row", role: "rowheader" }, h("b", null, title), below(words.filter(Boolean).join(" · "))),
    cells.map((inside, place) => h("td", { role: "cell", "data-label": COLUMNS[place + 1] }, ...inside)),
  );
}

/** @param {...unknown} inside */
function below(...inside) {
  return h("span", { class: "sub" }, ...inside);
}

/** @param {string | null} currency */
function unit(currency) {
  return currency && h("span", { class: "unit" }, ` ${currency}`);
}

/** A future moves much and counts nothing: its gains and losses are in the cash. @param {any} position */
function valueOf({ instrument, value, notional, currency }) {
  const countsNothing = value === null && ["future", "derivative"].includes(instrument.kind);
  if (!countsNothing) return [number(value, "no value"), value !== null && unit(currency)];
  const moves = notional !== null && below("moves ", number(notional), unit(currency));
  return [h("span", { class: "none" }, "counts nothing"), moves];
}

/** @param {string | null} amount @param {string | null} [currency] */
function unvested(amount, currency = null) {
  return amount !== null && !isZero(amount) && below(number(amount), unit(currency), " not vested");
}

/** @param {any} position */
function priceNotes({ price, price_as_of: asOf, price_basis: basis }) {
  if (price === null) return [];
  return [
    basis === "percent" && below("% of par"),
    basis === null && below("per unit or % of par"),
    asOf && below(dated(asOf)),
  ];
}

/** Name an instrument. @param {any} instrument */
export function titleOf(instrument) {
  const { option } = instrument;
  if (!option) return instrument.symbol ?? instrument.name ?? "Unnamed";
  return `${option.underlying ?? instrument.symbol} ${option.strike ?? ""} ${plain(option.side ?? "option")}`;
}

/** @param {any} position */
function subtitleOf({ instrument, cash_equivalent: isCash, numbers }) {
  const { option, multiplier } = instrument;
  return [
    option?.expires_on ? `expires ${dated(option.expires_on)}` : instrument.name,
    isCash ? "Counts as cash" : kindOf(instrument.kind),
    multiplier === "1" ? null : `each stands for ${multiplier}`,
    numbersOf(numbers),
  ];
}
