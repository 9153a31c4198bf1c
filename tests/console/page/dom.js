/** Elements from values, and a page brought in line with them without losing focus. */

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "rect", "line", "circle", "text", "pattern", "defs", "title"]);

/**
 * Make an element. Attributes that are null or false are left out; `key` names it among its
 * siblings.
 * @param {string} tag
 * @param {Record<string, unknown> | null} [attributes]
 * @param {...unknown} children nodes, texts, lists of them; null and false are left out
 * @returns {Element}
 */
export function h(tag, attributes = null, ...children) {
  const isSvg = SVG_TAGS.has(tag);
  const element = isSvg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name === "key" ? "data-key" : name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false)
    .map((each) => (each instanceof Node ? each : String(each))));
  return element;
}

/**
 * Make `place` hold what `wanted` describes; elements that stay keep their identity.
 * @param {Element} place
 * @param {unknown[]} wanted
 */
export function fill(place, wanted) {
  const fresh = h("div", null, ...wanted);
  bringChildren(place, fresh);
}

/** @param {Element} old @param {Element} fresh */
function bringChildren(old, fresh) {
  const keyed = new Map([...old.children].filter(keyOf).map((each) => [keyOf(each), each]));
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = wanted instanceof Element && keyOf(wanted) ? keyed.get(keyOf(wanted)) : place;
    if (known && isAlike(known, wanted)) {
      if (known !== place) old.insertBefore(known, place);
      bring(known, wanted);
      place = known.nextSibling;
    } else {
      old.insertBefore(wanted, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** @param {ChildNode} old @param {Node} fresh */
function bring(old, fresh) {
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    // Whether a section is unfolded is the reader's choice.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.tagName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  bringChildren(old, fresh);
}

/** @param {Node} old @param {Node} fresh */
function isAlike(old, fresh) {
  return old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh) && isPlaceholder(old) === isPlaceholder(fresh);
}

/** What stands for something that is loading never becomes it: it would seem to move. @param {Node} node */
function isPlaceholder(node) {
  return node instanceof Element && node.classList.contains("skeleton");
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof Element ? node.getAttribute("data-key") : null;
}
