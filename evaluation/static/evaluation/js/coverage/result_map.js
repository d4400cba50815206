/** Results on a quiet map: one with the pieces that count and those that do not, or all that a dry run comes to. */
import { coverageLayers } from "evaluation/coverage/style";
import { markPlace, quietMap } from "mapping/quiet_map";
import { jsonOf } from "web/dom";

/**
 * @typedef {{lon: number, lat: number, line: [number, number][]|null, ok: boolean, title: string}} Result
 * @typedef {[number, number, string, boolean]} Piece
 */

/** @type {{results: Result[], pieces: Piece[]}} */
const { results, pieces } = jsonOf("coverage") ?? { results: [], pieces: [] };
const container = document.getElementById("coverage-map");

/** @param {Result} result */
const featuresOf = ({ lon, lat, line, ok, title }) => [
  { type: "Feature", properties: { ok: Number(ok), title }, geometry: { type: "Point", coordinates: [lon, lat] } },
  ...(line
    ? [{ type: "Feature", properties: { ok: Number(ok), title }, geometry: { type: "LineString", coordinates: line } }]
    : []),
];

if (container && results.length) {
  const places = /** @type {[number, number][]} */ ([
    ...results.flatMap(({ lon, lat, line }) => [[lon, lat], ...(line ?? [])]),
    ...pieces.map(([lon, lat]) => [lon, lat]),
  ]);
  const map = quietMap(container, { places, way: [] });
  map.on("load", () => {
    const data = /** @type {GeoJSON.FeatureCollection} */ (
      /** @type {object} */ ({ type: "FeatureCollection", features: results.flatMap(featuresOf) })
    );
    map.addSource("coverage", { type: "geojson", data });
    for (const layer of coverageLayers("coverage")) map.addLayer(layer);
  });
  for (const [lon, lat, title, counts] of pieces)
    markPlace(map, [lon, lat], { className: `coverage-piece${counts ? "" : " left-out"}`, title });
}
