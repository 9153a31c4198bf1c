/** What changed in an account, as a feed. */

import { titleOf } from "./account.js";
import { number } from "./digits.js";
import { h } from "./dom.js";
import { ago, moment } from "./times.js";
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
    h("p", null, h("b", null, change.instrument ? titleOf(change.instrument) : `Cash ${change.currency}`), " ", textOf(change)),
    h("p", { class: "sub", title: moment(change.changed_at) }, ago(change.changed_at)),
  );
}

/** @param {any} change */
function textOf({ kind, before, after }) {
  switch (kind) {
    case "opened":
      return ["opened with ", number(after?.units), " units"];
    case "closed":
      return ["closed; it was ", number(before?.units), " units"];
    case "units":
      return arrow(before?.units, after?.units, " units");
    case "cost":
      return ["cost per unit ", arrow(before?.cost_per_unit, after?.cost_per_unit)];
    case "cash":
      return arrow(before?.cash, after?.cash);
    default:
      return plain(kind).toLowerCase();
  }
}

/** @param {string | null} before @param {string | null} after @param {string} [unit] */
function arrow(before, after, unit = "") {
  return [number(before, "none"), h("span", { class: "arrow" }, " → "), h("span", { class: "spoken" }, "became "), number(after, "none"), unit];
}
