/** The sites of a round on the map, each with its score rate in a mark whose shape and colour say the same. */
import { markPlace, quietMap } from "mapping/quiet_map";
import { jsonOf } from "web/dom";

/** @typedef {{lon: number, lat: number, name: string, percent: number, n: number}} Mark */

/** @type {Mark[]} */
const sites = jsonOf("sites") ?? [];
const container = document.getElementById("site-map");
const placeOf = ({ lon, lat }) => /** @type {[number, number]} */ ([lon, lat]);
/** @param {number} percent */
const gradeOf = (percent) => (percent >= 85 ? "good" : percent >= 70 ? "middle" : "low");

if (container && sites.length > 0) {
  const map = quietMap(container, { places: sites.map(placeOf), way: [] });
  for (const site of sites) {
    markPlace(map, placeOf(site), {
      className: `score ${gradeOf(site.percent)}`,
      text: String(Math.round(site.percent)),
      title: `${site.name} ${site.percent}% (n=${site.n})`,
    });
  }
}
