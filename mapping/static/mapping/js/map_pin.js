/** A pin that a hand drags over the map, and presses on the map that go to whoever asked for a place. */
import { Marker } from "maplibre-gl";
import { el, icon } from "web/dom";

/** @typedef {{lon: number, lat: number}} Place */

/** Pixels that one press of an arrow key moves a pin by; with Shift, ten times as far. */
const STEP = 1;
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
const DIGITS = 7;

/** @type {import("maplibre-gl").Map|null} */
let map = null;
/** @type {((place: Place) => void)|null} */
let taker = null;

/** @param {import("maplibre-gl").Map} made */
export function connectPins(made) {
  map = made;
  showCursor();
}

/** From now on a press on the map says where, and opens nothing; null ends that. @param {((place: Place) => void)|null} wanted */
export function takePresses(wanted) {
  taker = wanted;
  showCursor();
}

const showCursor = () => {
  if (map) map.getCanvas().style.cursor = taker ? "crosshair" : "";
};

export const isPressTaken = () => taker !== null;

/** @param {{lng: number, lat: number}} at */
export const pressed = (at) => taker?.(placeOf(at));

const placeOf = ({ lng, lat }) => ({ lon: Number(lng.toFixed(DIGITS)), lat: Number(lat.toFixed(DIGITS)) });

/**
 * Puts a pin on the map, to be dragged or moved by the arrow keys. Without a map there is none, and nothing happens.
 * @param {Place} place
 * @param {{label: string, moving?: (place: Place) => void, moved: (place: Place) => void}} options
 *   moving: while it is dragged; moved: where it was let go
 * @returns {{setPlace: (place: Place) => void, remove: () => void}}
 */
export function placePin(place, { label, moving, moved }) {
  const drawn = map;
  if (!drawn) return { setPlace() {}, remove() {} };
  const element = el("div", { class: "map-pin", tabindex: "0", role: "button", "aria-label": label }, icon("pin"));
  const marker = new Marker({ element, anchor: "bottom", draggable: true })
    .setLngLat([place.lon, place.lat])
    .addTo(drawn);
  element.setAttribute("aria-label", label);
  marker.on("drag", () => moving?.(placeOf(marker.getLngLat())));
  marker.on("dragend", () => moved(placeOf(marker.getLngLat())));
  // A press on the pin itself is none on the map.
  element.addEventListener("click", (event) => event.stopPropagation());
  element.addEventListener("keydown", (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? 10 : 1;
    const { x, y } = drawn.project(marker.getLngLat());
    marker.setLngLat(drawn.unproject([x + by[0] * far, y + by[1] * far]));
    moved(placeOf(marker.getLngLat()));
  });
  return {
    setPlace: ({ lon, lat }) => marker.setLngLat([lon, lat]),
    remove: () => marker.remove(),
  };
}
