/** Making elements, with text that is always text: nothing here reads HTML. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes one element.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `class`, `data-…`, `aria-…`; `onclick` and the like add listeners;
 *   null, undefined and false leave an attribute out
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(
    ...children.filter((child) => child !== null && child !== undefined && child !== false).map(asNode),
  );
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

/** The element with this id, which the page's template promises. */
export const byId = (id) => document.getElementById(id);
