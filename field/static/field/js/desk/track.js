/**
 * A person's day on the map: where they recorded something, numbered as in the list. The line only joins the places;
 * nobody was followed in between.
 */
import { markPlace, quietMap } from "mapping/quiet_map";
import { jsonOf } from "web/dom";

/** @typedef {{ lon: number, lat: number, number: number, time: string, what: string }} Stop */

const stops = /** @type {Stop[]} */ (jsonOf("track") ?? []);
const container = document.getElementById("track-map");

if (container && stops.length) {
  const places = stops.map(({ lon, lat }) => /** @type {[number, number]} */ ([lon, lat]));
  const map = quietMap(container, { places, way: places });
  for (const { lon, lat, number, time, what } of stops) {
    markPlace(map, [lon, lat], { className: "track-stop", text: String(number), title: `${time} ${what}` });
  }
}
