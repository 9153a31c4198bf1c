/** An account's worth, day by day; only here are amounts floats, as a line has no digits. */

import { h } from "./dom.js";
import { day } from "./times.js";

const HEIGHT = 200;
const EDGE = { top: 14, right: 10, bottom: 26, left: 56 };
const LINES = 3;

/**
 * Draw days, oldest first, in one currency.
 * @param {{day: string, origin: string, total: string | null}[]} days
 * @param {number} width
 */
export function plot(days, width) {
  const inner = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const values = days.map((each) => (each.total === null ? null : Number(each.total)));
  const { low, high } = bounds(/** @type {number[]} */ (values.filter((each) => each !== null)));
  const x = (place) => EDGE.left + (days.length > 1 ? (inner.width * place) / (days.length - 1) : inner.width / 2);
  const y = (value) => EDGE.top + inner.height * (1 - (value - low) / (high - low));
  const points = values.map((value, place) => ({ ...days[place], x: x(place), y: value === null ? null : y(value) }));
  return h(
    "svg",
    { class: "plot", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" },
    h("defs", null, h("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      h("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 6 }))),
    grid(low, high, y, width),
    gaps(points, inner.height),
    segments(points),
    points.filter((each) => each.y !== null).map(mark),
    labels(points),
  );
}

/** @param {number[]} values */
function bounds(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  return { low: low - room, high: high + room };
}

/** @param {number} low @param {number} high @param {(value: number) => number} y @param {number} width */
function grid(low, high, y, width) {
  const step = roundStep((high - low) / LINES);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, place) => {
    const value = (first + place) * step;
    return h("g", { class: "grid" },
      h("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
      h("text", { x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end" }, rounded(value, high - low)));
  });
}

/** The nearest step that people count in. @param {number} rough */
function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
}

/** @param {number} value @param {number} span */
function rounded(value, span) {
  const digits = span < 5 ? 2 : 0;
  if (Math.abs(value) >= 10_000 && span > 500) return `${(value / 1000).toFixed(span > 5_000 ? 0 : 1)}k`;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** Nobody knows what a gap was worth: a hatched field, and no line through it. @param {any[]} points @param {number} height */
function gaps(points, height) {
  const fields = [];
  for (let place = 0; place < points.length; place += 1) {
    if (points[place].y !== null) continue;
    let last = place;
    while (last + 1 < points.length && points[last + 1].y === null) last += 1;
    const from = points[Math.max(0, place - 1)].x;
    const to = points[Math.min(points.length - 1, last + 1)].x;
    fields.push(h("rect", { class: "gap", x: from, y: EDGE.top, width: to - from, height, fill: "url(#hatch)" },
      h("title", null, `Not known: ${spanText(points[place].day, points[last].day)}`)));
    place = last;
  }
  return fields;
}

/** @param {any[]} points */
function segments(points) {
  return points.slice(1).flatMap((to, place) => {
    const from = points[place];
    if (from.y === null || to.y === null) return [];
    const kind = to.origin === "carried" ? "carried" : "known";
    return h("line", { class: `segment ${kind}`, x1: from.x, y1: from.y, x2: to.x, y2: to.y });
  });
}

/** @param {any} point */
function mark(point) {
  return h("circle", { class: `point ${point.origin}`, cx: point.x, cy: point.y, r: 3.5 },
    h("title", null, `${day(point.day)}: ${point.total}${point.origin === "carried" ? ", carried" : ""}`));
}

/** @param {any[]} points */
function labels(points) {
  const places = points.length < 3 ? points.map((_, place) => place) : [0, Math.floor((points.length - 1) / 2), points.length - 1];
  return places.map((place) => {
    const anchor = points.length < 2 ? "middle" : place === 0 ? "start" : place === points.length - 1 ? "end" : "middle";
    return h("text", { class: "axis", x: points[place].x, y: HEIGHT - 6, "text-anchor": anchor }, day(points[place].day));
  });
}

/** @param {string} first @param {string} last */
function spanText(first, last) {
  return first === last ? day(first) : `${day(first)} to ${day(last)}`;
}
