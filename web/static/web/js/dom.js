/** Making elements, with text that is always text: nothing here reads HTML. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes one element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes] `class`, `data-…`, `aria-…`; `onclick` and the like add listeners;
 *   null, undefined and false leave an attribute out
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(asNode));
  return node;
}

const asNode = (child) => (child instanceof Node ? child : document.createTextNode(String(child)));

/** @returns {SVGElement} an interface icon (icons.svg) */
export const icon = (name, className = "icon") => sprite(document.body.dataset.icons, name, className);

/** @returns {SVGElement} an asset type's shape (symbols.svg) */
export const symbol = (name, className = "symbol") => sprite(document.body.dataset.symbols, name, className);

function sprite(file, name, className) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${file}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * The element with this id, which the page's template promises.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @param {new () => Kind} [kind] what it is, where more is asked of it than of any element: `HTMLInputElement` …
 * @returns {Kind|null}
 */
export const byId = (id, kind) => ofKind(document.getElementById(id), kind, `#${id}`);

/**
 * The first element that a selector finds.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @param {{within?: ParentNode, kind?: new () => Kind}} [options]
 * @returns {Kind|null}
 */
export const first = (selector, { within = document, kind } = {}) =>
  ofKind(within.querySelector(selector), kind, selector);

/**
 * Every element that a selector finds, in the page's order.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @param {{within?: ParentNode, kind?: new () => Kind}} [options]
 * @returns {Kind[]}
 */
export const every = (selector, { within = document, kind } = {}) =>
  [...within.querySelectorAll(selector)].map((node) => ofKind(node, kind, selector));

/**
 * What an event happened to.
 * @template {Element} [Kind=Element]
 * @param {Event} event
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export const targetOf = (event, kind) => ofKind(event.target, kind, `What heard “${event.type}”`);

/**
 * The node, known to be of a kind where one is asked for: a page with another there is a mistake to be named at once.
 * @template {Element} Kind
 * @param {EventTarget|null} node @param {(new () => Kind)|undefined} kind @param {string} words
 * @returns {Kind|null}
 */
function ofKind(node, kind, words) {
  if (kind && node && !(node instanceof kind)) throw new TypeError(`${words} is no ${kind.name}.`);
  return /** @type {Kind} */ (node);
}
