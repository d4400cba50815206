/** The map's menu of base maps: which one, and how strongly. */
import { chosenKind, chosenOpacity, choose, kinds } from "mapping/basemap/choice";
import { byId, enclosing, every } from "web/dom";

/** @typedef {import("mapping/basemap/choice").Kind} Kind */

/**
 * Fills the menu and has it obeyed.
 * @param {{changed: () => void, faded: () => void}} on another base map, and the same one stronger or fainter
 */
export function connectBasemapMenu(on) {
  const menu = byId("basemap-menu");
  const slider = byId("basemap-opacity", HTMLInputElement);
  slider.value = String(chosenOpacity());
  menu.addEventListener("change", ({ target }) => {
    const radio = /** @type {HTMLInputElement} */ (target);
    if (radio.name !== "basemap") return;
    choose({ kind: /** @type {Kind} */ (radio.value) });
    showBasemapMenu();
    on.changed();
  });
  slider.addEventListener("input", () => {
    choose({ opacity: Number(slider.value) });
    on.faded();
  });
  showBasemapMenu();
}

/** Shows what there is and what is chosen. */
export function showBasemapMenu() {
  const offered = kinds();
  const current = chosenKind();
  byId("basemap-menu").hidden = offered.length < 2;
  for (const radio of every('input[name="basemap"]', { kind: HTMLInputElement })) {
    enclosing(radio, "label", HTMLElement).hidden = !offered.includes(/** @type {Kind} */ (radio.value));
    radio.checked = radio.value === current;
  }
  byId("basemap-strength").hidden = current === "none";
}
