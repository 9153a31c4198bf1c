/** Numbers as the API gives them: decimal texts, grouped for the eye, never calculated with. */

import { h } from "./dom.js";

const SHOWN_DECIMALS = 6;

/**
 * Group the digits of a decimal text; all of them stay.
 * @param {string} text
 */
export function grouped(text) {
  const { sign, whole, fraction } = parts(text);
  return sign + whole + (fraction ? `.${fraction}` : "");
}

/**
 * Show a number; what only a ledger needs of a long fraction is set smaller.
 * @param {string | null} text
 * @param {string} [otherwise] what to say where there is none
 */
export function number(text, otherwise = "–") {
  if (text === null || text === undefined) return h("span", { class: "none" }, otherwise);
  const { sign, whole, fraction } = parts(text);
  const isLong = fraction.length > SHOWN_DECIMALS;
  const head = isLong ? fraction.slice(0, SHOWN_DECIMALS) : fraction;
  return h(
    "span",
    { class: sign ? "num negative" : "num" },
    sign + whole + (head ? `.${head}` : ""),
    isLong && h("span", { class: "fine" }, fraction.slice(SHOWN_DECIMALS)),
  );
}

/**
 * Show an amount of money.
 * @param {{amount: string, currency: string} | null} money
 */
export function money(money) {
  return money ? [number(money.amount), h("span", { class: "unit" }, ` ${money.currency}`)] : number(null);
}

/** Tell whether a decimal text is zero. @param {string} text */
export function isZero(text) {
  return /^-?0*(\.0*)?$/.test(text);
}

/** @param {string} text */
function parts(text) {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return { sign: "", whole: text, fraction: "" };
  const whole = match[2].replace(/\B(?=(\d{3})+$)/g, ",");
  return { sign: match[1] ? "−" : "", whole, fraction: match[3] ?? "" };
}
