/** The buttons that make trouble, what came of it, and a clock that can be turned ahead. */

import { h } from "./dom.js";
import { state } from "./state.js";
import { hoursAhead } from "./times.js";
import { TROUBLES } from "./trouble.js";

/** Draw the panel. @param {any} connection */
export function troublePart(connection) {
  const lines = state.log.get(connection.id) ?? [];
  const loaded = (state.accounts.get(connection.id) ?? []).some((each) => each.freshness.changed_at);
  return h(
    "section",
    { class: "card trouble", key: "trouble", "aria-labelledby": "trouble-title" },
    h("h2", { id: "trouble-title" }, "Make trouble"),
    h("p", { class: "note" }, "What goes wrong at providers, on purpose. Only the simulators are told; Freshet has to find out."),
    h("ul", { class: "troubles" }, TROUBLES.map((each) => h("li", { key: each.name }, button(each, loaded)))),
    h("ol", { class: "log", "aria-label": "What came of it", hidden: lines.length === 0 },
      lines.map(({ text, tone }, place) => h("li", { class: tone, key: `${lines.length - place}` }, text))),
    clock(),
  );
}

/** @param {{name: string, label: string, text: string}} trouble @param {boolean} isLoaded */
function button(trouble, isLoaded) {
  const isBusy = state.making === trouble.name;
  return h(
    "button",
    { class: "tile", "data-action": "trouble", "data-id": trouble.name, disabled: !isLoaded || (state.making !== null && !isBusy), "aria-disabled": isBusy ? "true" : null },
    h("b", null, isBusy ? "Under way…" : trouble.label), h("span", null, trouble.text),
  );
}

function clock() {
  const hours = hoursAhead();
  return h(
    "div",
    { class: "clock" },
    h("label", { for: "ahead" }, "Look at this page later"),
    h("input", { type: "range", id: "ahead", min: 0, max: 60, step: 1, value: 0, "data-change": "ahead", "aria-valuetext": `${hours} hours later` }),
    h("output", { for: "ahead" }, hours ? `${hours} h later` : "now"),
    h("p", { class: "note" }, "The numbers age before your eyes: only this page's clock turns, nothing is asked."),
  );
}
