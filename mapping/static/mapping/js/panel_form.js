/** The place in the side panel for a form of a room that writes; what the panel shows waits behind it, kept up to date. */
import { byId } from "web/dom";
import { openSheet, openedSheet } from "mapping/sheet";
import { state } from "mapping/state";

const section = byId("detail");
const shown = byId("detail-body");
const place = byId("detail-form");
const main = byId("main");
/** @type {(() => void)|null} */
let left = null;

export const isFormOpen = () => !place.hidden;

/**
 * Shows a form in the panel.
 * @param {HTMLElement} form
 * @param {() => void} [whenLeft] called when it is taken away, whoever does it
 */
export function showForm(form, whenLeft) {
  leave();
  left = whenLeft ?? null;
  place.replaceChildren(form);
  place.hidden = false;
  // Only what is shown can be scrolled.
  place.scrollTop = 0;
  shown.hidden = true;
  section.hidden = false;
  section.dataset.form = "open";
  main.dataset.side = "detail";
  openSheet("detail");
}

/** Takes the form away and shows again what was there: an asset, or the list. */
export function closeForm() {
  if (!isFormOpen()) return;
  place.hidden = true;
  shown.hidden = false;
  delete section.dataset.form;
  leave();
  place.replaceChildren();
  if (state.selection) return;
  section.hidden = true;
  main.dataset.side = "results";
  if (openedSheet() === "detail") openSheet("none");
}

function leave() {
  const told = left;
  left = null;
  told?.();
}
