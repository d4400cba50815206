/**
 * The map on paper. A WebGL canvas is empty when the printer comes to it, so a picture of it is laid over it for as long
 * as the page is printed; what the filter says stands beside it as it does on the screen.
 */
import { byId, el } from "web/dom";

let picture = null;

/** @param {import("maplibre-gl").Map} map */
export function connectPrinting(map) {
  addEventListener("beforeprint", () => {
    takeAway();
    // What is drawn can be read only until the browser shows it: drawing and reading go together.
    map.redraw();
    picture = el("img", { class: "map-picture", alt: gettext("Map"), src: map.getCanvas().toDataURL() });
    byId("map").append(picture);
  });
  addEventListener("afterprint", takeAway);
}

function takeAway() {
  picture?.remove();
  picture = null;
}
