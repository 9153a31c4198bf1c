/** Times as people say them, by a clock that the reader may turn ahead. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let ahead = 0;

/** The moment this page shows. */
export function now() {
  return Date.now() + ahead;
}

/** Look at the page as if it were this much later. @param {number} hours */
export function lookAhead(hours) {
  ahead = hours * HOUR;
}

/** How many hours the reader looks ahead. */
export function hoursAhead() {
  return ahead / HOUR;
}

/** Read an instant of the API. @param {string | null} text */
export function instant(text) {
  return text ? Date.parse(text) : null;
}

/** Say how long ago or ahead an instant is. @param {string | number | null} when */
export function ago(when) {
  if (when === null) return "never";
  const distance = now() - (typeof when === "number" ? when : Date.parse(when));
  const span = length(Math.abs(distance));
  if (span === null) return distance < -5_000 ? "in a moment" : "just now";
  return distance >= 0 ? `${span} ago` : `in ${span}`;
}

/** Say how long something lasts; null for next to nothing. @param {number} milliseconds */
export function length(milliseconds) {
  if (milliseconds < 10_000) return null;
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / 1000)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} days`;
}

const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const DAY_ONLY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Write an instant in the reader's own time. @param {string} text */
export function moment(text) {
  return MOMENT.format(new Date(text));
}

/** Write a day with its year where that is another one, or an instant. @param {string} text */
export function dated(text) {
  if (text.includes("T")) return moment(text);
  const year = text.slice(0, 4);
  return Number(year) === new Date(now()).getUTCFullYear() ? day(text) : `${day(text)} ${year}`;
}

/** Write a day, which has no time zone. @param {string} text such as 2026-11-20 */
export function day(text) {
  return DAY_ONLY.format(new Date(`${text}T00:00:00Z`));
}
