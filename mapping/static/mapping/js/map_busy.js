/** Whether a map is still being drawn: said to readers' programs, and shown where the page has a bar for it. */
import { byId, first } from "web/dom";

/** @param {boolean} busy */
export function showBusy(busy) {
  const bar = first("#map-progress", { kind: HTMLElement });
  if (bar) bar.hidden = !busy;
  byId("map").setAttribute("aria-busy", String(busy));
}
