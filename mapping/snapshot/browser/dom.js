/** Makes elements and words. Everything a person wrote goes in as text, never as markup. */

/** An element that the page was written with. @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is not in the page.`);
  return element;
}

/** Something to draw on. @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
function penOf(canvas) {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser draws nothing on a canvas.");
  return pen;
}

/**
 * @param {string} tag
 * @param {Object<string, any>} attributes `on…` are listeners; true is an empty attribute, false and null none
 * @param {...(Node|string|null)} children
 * @returns {HTMLElement}
 */
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  Object.keys(attributes).forEach((name) => {
    const value = attributes[name];
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  });
  children.forEach((child) => {
    if (child !== null) element.append(child);
  });
  return element;
}

/** @param {string} path of a shape on a ground of 24 × 24 @returns {SVGElement} */
function shape(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "symbol");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(space, "path");
  drawn.setAttribute("d", path);
  drawn.setAttribute("fill-rule", "evenodd");
  svg.append(drawn);
  return svg;
}

/** @param {Element} element @param {...(Node|string)} children */
function refill(element, ...children) {
  element.textContent = "";
  element.append(...children);
}

/** @param {string} words with {name} to fill in @param {Object<string, any>} values @returns {string} */
function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** @param {number} value @returns {string} with thousands separators, the same in both languages */
const number = (value) => value.toLocaleString("en");
