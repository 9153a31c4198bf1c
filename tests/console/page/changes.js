/** What changed in an account, as a feed. */

import { number } from "./digits.js";
import { h } from "./dom.js";
import { titleOf } from "./lines.js";
import { ago, dated, moment } from "./times.js";
import { plain } from "./words.js";

/** Draw the feed. @param {any[] | null | undefined} changes */
export function changesPart(changes) {
  return h(
    "section",
    { class: "card feed", key: "changes", "aria-labelledby": "changes-title" },
    h("h2", { id: "changes-title" }, "Changes"),
    !changes && h("p", { class: "skeleton tall" }),
    changes?.length === 0 && h("p", { class: "blank" }, "Nothing was bought, sold or moved since the first read. Prices alone are no change."),
    changes && changes.length > 0 && h("ol", { tabindex: "0", "aria-label": "Changes, newest first" }, changes.map(changeItem)),
  );
}

/** @param {any} change @param {number} place */
function changeItem(change, place) {
  return h(
    "li",
    { key: `${change.version}/${change.kind}/${place}` },
    h("p", null, h("b", null, titleFor(change)), " ", textOf(change)),
    h("p", { class: "sub", title: moment(change.changed_at) }, ago(change.changed_at)),
  );
}

/** @param {any} change */
function titleFor({ kind, instrument, currency }) {
  if (instrument) return titleOf(instrument);
  return `${kind === "debt" ? "Debt" : "Cash"} ${currency ?? "of no known currency"}`;
}

/** @param {any} change */
function textOf({ kind, before, after }) {
  switch (kind) {
    case "opened":
      return ["opened with ", number(after?.units), " units"];
    case "closed":
      return ["closed; it was ", number(before?.units), " units"];
    case "units":
      return before.units === after.units
        ? ["not vested ", arrow(before.unvested_units, after.unvested_units, " units")]
        : arrow(before.units, after.units, " units");
    case "cost":
      return before.cost_per_unit === after.cost_per_unit
        ? ["cost in all ", arrow(before.cost_basis, after.cost_basis)]
        : ["cost per unit ", arrow(before.cost_per_unit, after.cost_per_unit)];
    case "terms":
      return ["adjusted by the exchange", ...terms(before.instrument, after.instrument)];
    case "lots":
      return "has other tax lots";
    case "cash":
      return arrow(before?.cash, after?.cash);
    case "debt":
      return arrow(before?.amount, after?.amount);
    default:
      return plain(kind).toLowerCase();
  }
}

/** Say which terms of a contract became others. @param {any} before @param {any} after */
function terms(before, after) {
  const [was, is] = [before.option ?? {}, after.option ?? {}];
  const isOtherDay = was.expires_on !== is.expires_on && is.expires_on;
  return [
    before.multiplier !== after.multiplier && [": each stood for ", arrow(before.multiplier, after.multiplier)],
    was.strike !== is.strike && [", strike ", arrow(was.strike, is.strike)],
    isOtherDay && `, expires ${dated(is.expires_on)}`,
  ];
}

/** @param {string | null} before @param {string | null} after @param {string} [unit] */
function arrow(before, after, unit = "") {
  return [number(before, "none"), h("span", { class: "arrow" }, " → "), h("span", { class: "spoken" }, "became "), number(after, "none"), unit];
}
