/** What an account comes to, and how that stands to what the broker states. */

import { isZero, money, number } from "./digits.js";
import { h } from "./dom.js";
import { counted, reconciledOf, reconciledReasonOf } from "./words.js";

/** Draw the totals of an account. @param {any} account @param {any} holdings */
export function totalsPart(account, holdings) {
  return h(
    "section",
    { class: "totals", "aria-label": "Totals" },
    holdings ? totals(account, holdings) : h("p", { class: "skeleton big" }),
    holdings?.reconciliation && reconciliationPart(holdings.reconciliation),
  );
}

/** @param {any} account @param {any} holdings */
function totals(account, holdings) {
  const rows = holdings.totals ?? [];
  if (rows.length > 0) return h("div", { class: "sums" }, rows.map(totalRow));
  return h("div", { class: "sums" }, h("div", { class: "sum" },
    h("p", { class: "total" }, account.value ? money(account.value) : number(null)),
    h("p", { class: "note" }, account.value ? "As the provider states it" : "Not known yet")));
}

/** @param {any} total */
function totalRow(total) {
  const debt = isZero(total.debt) ? null : [" − debt ", number(total.debt)];
  return h(
    "div",
    { class: "sum", key: total.currency },
    h("p", { class: "total" }, number(total.total), h("span", { class: "unit" }, total.currency ?? "of no known currency")),
    h("p", { class: "note" }, "Positions ", number(total.positions), " + cash ", number(total.cash), debt, lacking(total)),
  );
}

/** Say what a total lacks, or counts by old numbers. @param {any} total */
function lacking(total) {
  const unpriced = total.unpriced_positions ? ` · ${total.unpriced_positions} without a price` : "";
  const unread = total.unread_lines ? ` · ${counted(total.unread_lines, "line")} with old or unknown numbers` : "";
  return unpriced + unread;
}

/** @param {any} reconciliation */
function reconciliationPart({ status, currency, stated, difference, reasons }) {
  const { label, tone } = reconciledOf(status);
  const differs = difference !== null && !isZero(difference);
  return h(
    "div",
    { class: "reconciled", key: "reconciled" },
    h("p", null, h("span", { class: `mark ${tone}`, "data-status": status }, label)),
    stated !== null && h("p", { class: "note" },
      "Stated ", money({ amount: stated, currency }), differs && [" · difference ", number(difference)]),
    reasons.length > 0 && h("ul", { class: "note" }, reasons.map((each) => h("li", { key: each }, reconciledReasonOf(each)))),
  );
}
