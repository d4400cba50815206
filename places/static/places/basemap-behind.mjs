/**
 * The product's own base map behind a form's map, where one has been built: its roads, water, green and buildings, drawn
 * as quietly as on the map page. A form whose server has none, or over a shifted map from elsewhere, does without.
 */
import { AttributionControl } from "../vendor/maplibre/maplibre-gl.mjs";

const SOURCE = "own-basemap";
const WIDE = ["motorway", "trunk", "primary", "secondary"];

/** @typedef {{tiles: string, bounds: [number, number, number, number], minzoom: number, maxzoom: number, credit: string}} Basemap */

/**
 * @param {import("maplibre-gl").Map} map one whose style is loaded
 * @param {string|undefined} address where the server says which base map it has
 * @param {string} before the layer under which it lies
 * @param {(name: string, otherwise: string) => string} colour of the page, by name
 */
export async function addBasemap(map, address, before, colour) {
  if (!address) return;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  /** @type {Basemap} */
  const basemap = await answer.json();
  map.addSource(SOURCE, {
    type: "vector",
    tiles: [location.origin + basemap.tiles],
    bounds: basemap.bounds,
    minzoom: basemap.minzoom,
    maxzoom: basemap.maxzoom,
    attribution: basemap.credit.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  });
  for (const layer of layers(colour)) map.addLayer(layer, before);
  map.addControl(new AttributionControl({ compact: false }), "bottom-right");
}

/** @param {(name: string, otherwise: string) => string} colour @returns {import("maplibre-gl").LayerSpecification[]} */
function layers(colour) {
  const fill = (/** @type {string} */ name, /** @type {string} */ tint) => ({
    id: `behind-${name}`,
    type: "fill",
    source: SOURCE,
    "source-layer": name,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": tint },
  });
  const road = (/** @type {string} */ name, /** @type {string} */ tint, /** @type {number} */ edge) => ({
    id: `behind-${name}`,
    type: "line",
    source: SOURCE,
    "source-layer": "roads",
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": tint, "line-width": width(edge) },
  });
  return /** @type {any} */ ([
    fill("green", colour("map-green", "#e3eee0")),
    fill("water", colour("map-water", "#d5e6f0")),
    fill("buildings", colour("map-building", "#e6eaee")),
    road("road-edges", colour("map-road-edge", "#c9d2da"), 1.4),
    road("road-lines", colour("map-road", "#ffffff"), 0),
  ]);
}

/** A road's width by class and zoom, `edge` pixels more on the whole. @param {number} edge */
function width(edge) {
  const byClass = (/** @type {number} */ wide, /** @type {number} */ narrow) => [
    "match",
    ["get", "class"],
    WIDE,
    wide + edge,
    narrow + edge,
  ];
  return ["interpolate", ["exponential", 1.5], ["zoom"], 10, byClass(1, 0.2), 14, byClass(4, 1.4), 18, byClass(22, 12)];
}
