/**
 * A person's day on the map: where they recorded something, numbered as in the list. The line only joins the places;
 * nobody was followed in between.
 */
import { markPlace, quietMap } from "mapping/quiet_map";

/** @typedef {{ lon: number, lat: number, number: number, time: string, what: string }} Stop */

const stops = /** @type {Stop[]} */ (JSON.parse(document.getElementById("track")?.textContent ?? "[]"));
const basemap = JSON.parse(document.getElementById("basemap")?.textContent ?? "null");
const container = document.getElementById("track-map");

if (container && stops.length) {
  const places = stops.map(({ lon, lat }) => /** @type {[number, number]} */ ([lon, lat]));
  const map = quietMap(container, { places, way: places, basemap });
  for (const { lon, lat, number, time, what } of stops) {
    markPlace(map, [lon, lat], { className: "track-stop", text: String(number), title: `${time} ${what}` });
  }
}
