/**
 * A patrol on the map: its sites numbered in the order of the route, and the places where its people recorded
 * something. The line joins those records; nobody was followed in between.
 */
import { markPlace, quietMap } from "mapping/quiet_map";
import { jsonOf } from "web/dom";

/**
 * @typedef {{lon: number, lat: number, number: number, name: string, state: "open"|"visited"|"problem"}} Stop
 * @typedef {{lon: number, lat: number, time: string, what: string}} Mark
 */

/** @type {{stops: Stop[], records: Mark[]}} */
const { stops, records } = jsonOf("patrol") ?? { stops: [], records: [] };
const container = document.getElementById("patrol-map");
const placeOf = ({ lon, lat }) => /** @type {[number, number]} */ ([lon, lat]);

if (container && stops.length + records.length > 0) {
  const way = records.map(placeOf);
  const map = quietMap(container, { places: [...stops.map(placeOf), ...way], way });
  for (const mark of records) {
    markPlace(map, placeOf(mark), { className: "patrol-mark", title: `${mark.time} ${mark.what}` });
  }
  for (const stop of stops) {
    const className = `patrol-stop ${stop.state}`;
    markPlace(map, placeOf(stop), { className, text: String(stop.number), title: stop.name });
  }
}
