/**
 * The map on paper. A WebGL canvas is empty when the printer comes to it, so a picture of it is laid over it for as long
 * as the page is printed; what the filter says stands beside it as it does on the screen. The picture is larger or smaller
 * on paper, and the bar of the scale with it (map_page.css).
 */
import { byId, el, there } from "web/dom";

/** @type {HTMLElement|null} */
let picture = null;

/** @param {import("maplibre-gl").Map} map */
export function connectPrinting(map) {
  addEventListener("beforeprint", () => {
    takeAway();
    // What is drawn can be read only until the browser shows it: drawing and reading go together.
    map.redraw();
    picture = el("img", { class: "map-picture", alt: gettext("Map"), src: map.getCanvas().toDataURL() });
    byId("map").append(picture);
    const { clientWidth, clientHeight } = map.getCanvas();
    const bar = /** @type {HTMLElement} */ (document.querySelector("#map-scale .maplibregl-ctrl-scale"));
    const measures = { "--map-width": clientWidth, "--map-height": clientHeight, "--scale-bar": bar?.offsetWidth ?? 0 };
    const stage = there(byId("map").parentElement, "The map's stage");
    for (const [name, pixels] of Object.entries(measures)) stage.style.setProperty(name, String(pixels));
  });
  addEventListener("afterprint", takeAway);
}

function takeAway() {
  picture?.remove();
  picture = null;
}
