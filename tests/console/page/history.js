/** The history of an account's worth: the plot, its legend, and the same as a table. */

import { number } from "./digits.js";
import { h } from "./dom.js";
import { plot } from "./historyplot.js";
import { state } from "./state.js";
import { day } from "./times.js";
import { counted } from "./words.js";

const ORIGINS = { close: "known", carried: "carried", gap: "not known" };

/** Draw it. @param {any[] | null | undefined} days @param {number} width */
export function historyPart(days, width) {
  return h(
    "section",
    { class: "card history", key: "history", "aria-labelledby": "history-title" },
    h("div", { class: "head" }, h("h2", { id: "history-title" }, "Value by day"), days && currencyChoice(days)),
    days ? body(days, width) : h("p", { class: "skeleton tall" }),
  );
}

/** @param {any[]} newestFirst @param {number} width */
function body(newestFirst, width) {
  const currency = chosenCurrency(newestFirst);
  if (currency === null) return h("p", { class: "blank" }, "No day has been recorded yet.");
  const days = [...newestFirst].reverse().map((each) => ({ day: each.day, origin: each.origin, isUnread: each.is_partly_unreadable, total: totalIn(each, currency) }));
  const known = days.filter((each) => each.total !== null);
  return [
    h("div", { class: "canvas", id: "canvas" }, known.length > 1
      ? plot(days, width)
      : h("p", { class: "blank" }, "One day is recorded so far; tomorrow there is a line. Nothing is made up for the days before.")),
    known.length > 1 && legend(days),
    h("details", { key: "table" },
      h("summary", null, `As a table: ${counted(days.length, "day")}`),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Value by day as a table" }, table(days, currency))),
  ];
}

/** @param {any[]} days */
function legend(days) {
  const count = (origin) => days.filter((each) => each.origin === origin).length;
  const entry = (origin, text) => count(origin) > 0 && h("li", { class: origin }, text);
  return h(
    "ul",
    { class: "legend" },
    entry("close", "Known at the end of the day"),
    entry("carried", "Carried: looked, nothing newer"),
    entry("gap", "Not known: nobody could look"),
    days.some((each) => each.isUnread) && h("li", { class: "words" }, "Some days have old or unknown numbers: see the table"),
  );
}

/** @param {{day: string, origin: string, isUnread: boolean, total: string | null}[]} days @param {string} currency */
function table(days, currency) {
  return h(
    "table",
    { class: "days" },
    h("thead", null, h("tr", null, ["Day", "Value", "Origin"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", null, [...days].reverse().map((each) => h(
      "tr",
      { key: each.day },
      h("th", { scope: "row" }, day(each.day)),
      h("td", null, number(each.total), each.total !== null && h("span", { class: "unit" }, ` ${currency}`)),
      h("td", null, ORIGINS[each.origin] ?? each.origin, each.isUnread && ", partly unreadable"),
    ))),
  );
}

/** @param {any[]} days */
function currencies(days) {
  return [...new Set(days.flatMap((each) => (each.totals ?? []).map((total) => total.currency)))];
}

/** @param {any[]} days */
function chosenCurrency(days) {
  const known = currencies(days);
  return state.currency && known.includes(state.currency) ? state.currency : known[0] ?? null;
}

/** @param {any[]} days */
function currencyChoice(days) {
  const known = currencies(days);
  if (known.length < 2) return known[0] ? h("span", { class: "sub" }, known[0]) : null;
  const chosen = chosenCurrency(days);
  return h("div", { class: "switch", role: "group", "aria-label": "Currency" }, known.map((each) => h(
    "button", { key: each, class: "small", "data-action": "currency", "data-id": each, "aria-pressed": String(each === chosen) }, each)));
}

/** @param {any} each @param {string} currency */
function totalIn(each, currency) {
  return each.totals?.find((total) => total.currency === currency)?.total ?? null;
}
