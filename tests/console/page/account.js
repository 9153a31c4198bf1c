/** One connection's accounts, and the one that is looked at in short. */

import { h } from "./dom.js";
import { freshnessMark, freshnessPart } from "./freshness.js";
import { state } from "./state.js";
import { totalsPart } from "./totals.js";
import { plain } from "./words.js";

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
  return h("div", { class: "facts", key: "facts" }, totalsPart(account, holdings), freshnessPart(freshness));
}
