/**
 * The sheets of the phone: filters, list and asset come up from below, one at a time, half or full height.
 * On a desktop the same elements are columns and nothing here shows.
 */
import { byId, every } from "web/dom";

const main = byId("main");
const narrow = matchMedia("(max-width: 859px)");
const FLICK = 60;

export const isPhone = () => narrow.matches;

/** @typedef {"none"|"legend"|"results"|"detail"} Sheet */

/** @param {Sheet} name */
export function openSheet(name) {
  main.dataset.sheet = name;
  main.dataset.sheetSize = "half";
  for (const button of every("[data-sheet-open]")) {
    button.setAttribute("aria-pressed", String(button.dataset.sheetOpen === name));
  }
}

export const openedSheet = () => /** @type {Sheet} */ (main.dataset.sheet ?? "none");

/** How much of the map the open sheet covers, in pixels. */
export function coveredBySheet() {
  const sheet = isPhone() && openedSheet() !== "none" ? byId(openedSheet()) : null;
  return sheet ? sheet.offsetHeight : 0;
}

/** @param {{close: (name: Sheet) => void, open: (name: Sheet) => void}} listeners */
export function connectSheets(listeners) {
  for (const button of every("[data-sheet-open]")) {
    button.addEventListener("click", () => listeners.open(/** @type {Sheet} */ (button.dataset.sheetOpen)));
  }
  for (const button of document.querySelectorAll("[data-sheet-close]")) {
    button.addEventListener("click", () => listeners.close(openedSheet()));
  }
  for (const grip of document.querySelectorAll("[data-sheet-grip]")) drag(grip, listeners);
}

/** A pull upwards makes the sheet full, a pull downwards half, and a further one closes it. */
function drag(grip, listeners) {
  let start = null;
  grip.addEventListener("pointerdown", (event) => {
    if (!isPhone() || event.target.closest("button, a")) return;
    start = event.clientY;
    grip.setPointerCapture(event.pointerId);
    main.classList.add("dragging");
  });
  grip.addEventListener("pointermove", (event) => {
    if (start !== null) grip.parentElement.style.transform = `translateY(${Math.max(-24, event.clientY - start)}px)`;
  });
  const end = (event) => {
    if (start === null) return;
    const moved = event.clientY - start;
    start = null;
    grip.parentElement.style.transform = "";
    main.classList.remove("dragging");
    if (event.type === "pointercancel") return;
    if (moved < -FLICK / 2) main.dataset.sheetSize = "full";
    else if (moved > FLICK && main.dataset.sheetSize === "full") main.dataset.sheetSize = "half";
    else if (moved > FLICK) listeners.close(openedSheet());
  };
  grip.addEventListener("pointerup", end);
  grip.addEventListener("pointercancel", end);
}
