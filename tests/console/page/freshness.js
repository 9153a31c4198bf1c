/** How old an account's numbers are; it flips by itself as time passes. */

import { h } from "./dom.js";
import { ago, dated, instant, length, moment, now } from "./times.js";
import { freshnessOf, reasonOf } from "./words.js";

const BAR = 100;

/**
 * Judge an account's freshness at this moment, by the dates that the API gave.
 * @param {any} freshness
 */
export function judged(freshness) {
  const ageingAt = instant(freshness.ageing_at);
  const staleAt = instant(freshness.stale_at);
  if (freshness.status !== "fresh" && freshness.status !== "ageing") return freshness;
  const isStale = staleAt !== null && now() >= staleAt;
  const isAgeing = ageingAt !== null && now() >= ageingAt;
  const status = isStale ? "stale" : isAgeing ? "ageing" : freshness.status;
  // What is stale is so by its age, also where old prices alone were told of before.
  const isOld = status !== "fresh" && (!freshness.reason || (isStale && freshness.reason === "prices_old"));
  const reason = isOld ? "not_updated_in_time" : freshness.reason;
  return { ...freshness, status, reason };
}

/** Draw a small mark. @param {any} freshness */
export function freshnessMark(freshness) {
  const { label, tone } = freshnessOf(judged(freshness).status);
  return h("span", { class: `mark ${tone}` }, label);
}

/** Draw it with its dates, its bar and its reason. @param {any} given */
export function freshnessPart(given) {
  const freshness = judged(given);
  const since = freshness.broker_as_of ?? freshness.provider_synced_at ?? freshness.fetched_at;
  const { label, tone } = freshnessOf(freshness.status);
  return h(
    "section",
    { class: "freshness", key: "freshness", "aria-label": "Freshness" },
    h("p", { class: "split" },
      h("span", { class: `mark ${tone}`, "data-status": freshness.status }, label),
      h("span", { class: "sub", title: since ? moment(since) : null }, since ? `${sourceOf(freshness)} as of ${ago(since)}` : "No data so far")),
    since && ageBar(freshness, Date.parse(since), tone),
    h("p", { class: "note" }, explained(freshness), freshness.prices_as_of && pricesText(freshness.prices_as_of)),
  );
}

/** @param {{oldest: string, newest: string}} days */
function pricesText({ oldest, newest }) {
  return ` Prices of ${oldest === newest ? dated(newest) : `${dated(oldest)} to ${dated(newest)}`}.`;
}

/** @param {any} freshness */
function sourceOf(freshness) {
  if (freshness.broker_as_of) return "Broker's data";
  return freshness.provider_synced_at ? "Provider's data" : "Data";
}

/** @param {any} freshness @param {number} since @param {string} tone */
function ageBar(freshness, since, tone) {
  const ageing = instant(freshness.ageing_at) ?? since;
  const stale = Math.max(instant(freshness.stale_at) ?? since, since + 1);
  const place = (at) => Math.min(BAR, Math.max(0, (BAR * (at - since)) / (stale - since)));
  return h(
    "svg",
    { class: `age ${tone}`, viewBox: `0 0 ${BAR} 6`, preserveAspectRatio: "none", "aria-hidden": "true" },
    h("rect", { class: "track", width: BAR, height: 6 }),
    h("rect", { class: "fill", width: Math.max(1, place(now())).toFixed(2), height: 6 }),
    h("rect", { class: "tick", x: place(ageing).toFixed(2), width: 0.5, height: 6 }),
  );
}

/** @param {any} freshness */
function explained(freshness) {
  const read = freshness.fetched_at ? ` Read ${ago(freshness.fetched_at)}.` : "";
  const reason = reasonOf(freshness.reason);
  if (reason) return reason + read;
  const left = freshness.ageing_at ? length(Date.parse(freshness.ageing_at) - now()) : null;
  return left ? `Fresh for another ${left}.${read}` : read.trim();
}
