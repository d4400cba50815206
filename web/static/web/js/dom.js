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
  node.append(...children.filter(isThere).map(asNode));
  return node;
}

/**
 * Puts children in the place of what a node holds; null, undefined and false are left out, as by `el`.
 * @param {Element} node @param {...(Node|string|number|null|undefined|false)} children
 */
export const fill = (node, ...children) => node.replaceChildren(...children.filter(isThere).map(asNode));

/** @param {Node|string|number|null|undefined|false} child @returns {child is Node|string|number} */
const isThere = (child) => child !== null && child !== undefined && child !== false;

/** @param {Node|string|number} child */
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
 * The element with this id, which the page's template promises; a page without it is a mistake to be named at once.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @param {new () => Kind} [kind] what it is, where more is asked of it than of any element: `HTMLInputElement` …
 * @returns {Kind}
 */
export const byId = (id, kind) => there(ofKind(document.getElementById(id), kind, `#${id}`), `#${id}`);

/**
 * The first element that a selector finds, where there is one.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @param {{within?: ParentNode, kind?: new () => Kind}} [options]
 * @returns {Kind|null}
 */
export const first = (selector, { within = document, kind } = {}) =>
  ofKind(within.querySelector(selector), kind, selector);

/**
 * The first element that a selector finds, and that the page's template promises.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @param {{within?: ParentNode, kind?: new () => Kind}} [options]
 * @returns {Kind}
 */
export const element = (selector, options = {}) => there(first(selector, options), selector);

/**
 * What is around a node in the page, as its template promises.
 * @template {Element} [Kind=HTMLElement]
 * @param {Element} node @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export const enclosing = (node, selector, kind) =>
  there(ofKind(node.closest(selector), kind, selector), `${selector} around <${node.localName}>`);

/**
 * Every element that a selector finds, in the page's order.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @param {{within?: ParentNode, kind?: new () => Kind}} [options]
 * @returns {Kind[]}
 */
export const every = (selector, { within = document, kind } = {}) =>
  [...within.querySelectorAll(selector)].map((node) => there(ofKind(node, kind, selector), selector));

/**
 * What an event happened to.
 * @template {Element} [Kind=Element]
 * @param {Event} event
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export const targetOf = (event, kind) => {
  const words = `What heard “${event.type}”`;
  return there(ofKind(event.target, kind, words), words);
};

/**
 * What a `data-` attribute says that the page's template promises.
 * @param {HTMLElement|SVGElement} node @param {string} name as in `dataset`
 * @returns {string}
 */
export const dataOf = (node, name) => there(node.dataset[name], `“${name}” of <${node.localName} id="${node.id}">`);

/**
 * The data that the page's template left in a script with this id, where it did.
 * @param {string} id
 * @returns {any} null without one
 */
export const jsonOf = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

/**
 * What must be there: without it the page and its script do not belong together.
 * @template Thing
 * @param {Thing|null|undefined} thing @param {string} words
 * @returns {Thing}
 */
export function there(thing, words) {
  if (thing === null || thing === undefined) throw new TypeError(`${words} is not there.`);
  return thing;
}

/**
 * The node, known to be of a kind where one is asked for: a page with another there is a mistake to be named at once.
 * @template {Element} Kind
 * @param {EventTarget|null} node @param {(new () => Kind)|undefined} kind @param {string} words
 * @returns {Kind|null}
 */
function ofKind(node, kind, words) {
  if (kind && node && !(node instanceof kind)) throw new TypeError(`${words} is no ${kind.name}.`);
  return /** @type {Kind|null} */ (node);
}
