/**
 * How the base map of one's own is drawn: quiet ground, so that assets stand out on it. The words are those of
 * mapping/basemap/layers.py; colours come from tokens.css and letters from the device.
 */
import { BOLD, REGULAR } from "mapping/map_letters";

/** The source of these layers. */
export const OWN_BASEMAP = "own-basemap";

/** What `readPalette` reads for it besides. */
export const BASEMAP_COLOURS = [
  "map-water",
  "map-water-ink",
  "map-green",
  "map-green-ink",
  "map-building",
  "map-rail",
  "map-street",
  "map-road-far",
];

/**
 * @typedef {{build: string, tiles: string, bounds: [number, number, number, number], minzoom: number, maxzoom: number,
 *   layers: string[], credit: string, licence: string, date: string}} OwnBasemap what the server says of it
 * @typedef {import("maplibre-gl").LayerSpecification} Layer
 * @typedef {[layer: string, property: "fill-opacity"|"line-opacity"|"text-opacity"|"raster-opacity", value: any]} Opacity
 */

/** @param {OwnBasemap} basemap @param {string} [tiles] where they come from, when not from the server */
export const basemapSource = (basemap, tiles = location.origin + basemap.tiles) => ({
  type: /** @type {const} */ ("vector"),
  tiles: [tiles],
  attribution: creditOf(basemap),
  bounds: basemap.bounds,
  minzoom: basemap.minzoom,
  maxzoom: basemap.maxzoom,
});

/** The credit with the data's date, unless it says the year itself; MapLibre takes it for markup. @param {OwnBasemap} basemap */
function creditOf({ credit, date }) {
  const words = date && !credit.includes(date.slice(0, 4)) ? [credit, date].filter(Boolean).join(" · ") : credit;
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const MAJOR = ["motorway", "trunk", "primary", "secondary"];
const MINOR = ["tertiary", "street", "service", "path"];

const among = (names) => ["in", ["get", "class"], ["literal", names]];
const isClass = (name) => ["==", ["get", "class"], name];
const shape = (name) => ["==", ["geometry-type"], name];

/** A width that grows with the zoom. @param {[number, any][]} stops */
const grow = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops.flat()];

/** A value by the road's class. */
const byClass = (values, otherwise) => ["match", ["get", "class"], ...Object.entries(values).flat(), otherwise];

const part = (sourceLayer) => ({ source: OWN_BASEMAP, "source-layer": sourceLayer });
const ROUND = { "line-cap": "round", "line-join": "round" };

/** Water, green and buildings. @param {Record<string, string>} palette @param {number} opacity @returns {Layer[]} */
export function groundLayers(palette, opacity) {
  return /** @type {Layer[]} */ ([
    {
      id: "own-green",
      type: "fill",
      ...part("green"),
      filter: shape("Polygon"),
      paint: { "fill-color": palette["map-green"], "fill-opacity": opacity * 0.9 },
    },
    {
      id: "own-water",
      type: "fill",
      ...part("water"),
      filter: shape("Polygon"),
      paint: { "fill-color": palette["map-water"], "fill-opacity": opacity },
    },
    {
      id: "own-river",
      type: "line",
      ...part("water"),
      filter: shape("LineString"),
      layout: ROUND,
      paint: {
        "line-color": palette["map-water"],
        "line-opacity": opacity,
        "line-width": grow(
          [9, byClass({ river: 1.2 }, 0.5)],
          [14, byClass({ river: 5, canal: 3 }, 1.5)],
          [18, byClass({ river: 24, canal: 12 }, 5)],
        ),
      },
    },
    {
      id: "own-buildings",
      type: "fill",
      ...part("buildings"),
      minzoom: 14,
      paint: {
        "fill-color": palette["map-building"],
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 14, opacity * 0.4, 16, opacity * 0.9],
      },
    },
  ]);
}

/** Rails and roads, the wider ones above. @param {Record<string, string>} palette @param {number} opacity @returns {Layer[]} */
export function lineLayers(palette, opacity) {
  const major = (extra) =>
    grow(
      [7, byClass({ motorway: 0.9, trunk: 0.8 }, 0.4)],
      [10, byClass({ motorway: 1.4, trunk: 1.3, primary: 1 }, 0.6)],
      [13, byClass({ motorway: 3.4 + extra, trunk: 3.2 + extra, primary: 2.6 + extra }, 1.9 + extra)],
      [16, byClass({ motorway: 10 + extra, trunk: 10 + extra, primary: 9 + extra }, 7.5 + extra)],
      [19, byClass({ motorway: 32 + extra, trunk: 32 + extra, primary: 28 + extra }, 24 + extra)],
    );
  const minor = (extra) =>
    grow(
      [12, byClass({ tertiary: 0.8 }, 0.4)],
      [14, byClass({ tertiary: 2.2 + extra, path: 0.5, service: 0.7 }, 1.2 + extra)],
      [16, byClass({ tertiary: 6 + extra, path: 1, service: 2 + extra }, 4 + extra)],
      [19, byClass({ tertiary: 20 + extra, path: 3, service: 8 + extra }, 15 + extra)],
    );
  // From afar a road is a line on the ground, from near a strip between two edges.
  const farAndNear = ["interpolate", ["linear"], ["zoom"], 11.5, palette["map-road-far"], 13, palette["map-road"]];
  const edgeOpacity = ["interpolate", ["linear"], ["zoom"], 11.5, 0, 13, opacity];
  const road = (id, classes, colour, width, lineOpacity) => ({
    id,
    type: "line",
    ...part("roads"),
    filter: among(classes),
    layout: ROUND,
    paint: { "line-color": colour, "line-width": width, "line-opacity": lineOpacity },
  });
  return /** @type {Layer[]} */ ([
    { ...road("own-minor-edge", MINOR, palette["map-road-edge"], minor(1.4), edgeOpacity), minzoom: 13 },
    { ...road("own-minor", MINOR, palette["map-street"], minor(0), opacity), minzoom: 12 },
    {
      id: "own-metro",
      type: "line",
      ...part("rail"),
      minzoom: 12,
      filter: among(["metro", "tram"]),
      paint: {
        "line-color": palette["map-rail"],
        "line-opacity": opacity * 0.6,
        "line-width": grow([12, 0.8], [17, 2.5]),
        "line-dasharray": [4, 3],
      },
    },
    {
      id: "own-rail",
      type: "line",
      ...part("rail"),
      filter: among(["rail", "siding"]),
      paint: {
        "line-color": palette["map-rail"],
        "line-opacity": opacity,
        "line-width": grow([9, 0.7], [14, 1.6], [18, 4]),
      },
    },
    { ...road("own-major-edge", MAJOR, palette["map-road-far"], major(1.6), edgeOpacity), minzoom: 11 },
    road("own-major", MAJOR, farAndNear, major(0), opacity),
    {
      id: "own-rail-gaps",
      type: "line",
      ...part("rail"),
      minzoom: 13,
      filter: isClass("rail"),
      paint: {
        "line-color": palette["map-ground"],
        "line-opacity": opacity,
        "line-width": grow([13, 0.7], [18, 2.4]),
        "line-dasharray": [5, 5],
      },
    },
  ]);
}

/** The name, with its pinyin beside the characters for who does not read them. @param {string} gap between the two */
const nameIn = (gap) =>
  document.documentElement.lang.startsWith("zh")
    ? ["get", "name"]
    : ["case", ["has", "pinyin"], ["concat", ["get", "name"], gap, ["get", "pinyin"]], ["get", "name"]];

/** Names: of roads along them, of water, places and what one steers by. @returns {Layer[]} */
export function nameLayers(palette, opacity) {
  const name = { "text-field": nameIn(" "), "text-font": REGULAR };
  const halo = { "text-halo-color": palette["map-ground"], "text-halo-width": 1.6, "text-opacity": opacity };
  const alongLine = {
    "symbol-placement": "line",
    "symbol-spacing": 240,
    "text-letter-spacing": 0.06,
    "text-padding": 3,
  };
  const spots = { ...part("pois"), type: "symbol" };
  const spot = { ...name, "text-field": nameIn("\n"), "text-size": 11, "text-padding": 8, "text-max-width": 8 };
  return /** @type {Layer[]} */ ([
    {
      id: "own-road-name",
      type: "symbol",
      ...part("roads"),
      minzoom: 12.5,
      filter: ["has", "name"],
      layout: { ...name, ...alongLine, "text-size": ["interpolate", ["linear"], ["zoom"], 13, 10.5, 17, 13] },
      paint: { "text-color": palette["ink-2"], ...halo, "text-halo-color": palette["map-road"] },
    },
    {
      id: "own-river-name",
      type: "symbol",
      ...part("water"),
      minzoom: 12,
      filter: ["all", ["has", "name"], shape("LineString")],
      layout: { ...name, ...alongLine, "text-size": 11.5 },
      paint: { "text-color": palette["map-water-ink"], ...halo },
    },
    {
      id: "own-water-name",
      type: "symbol",
      ...part("water"),
      minzoom: 12,
      filter: ["all", ["has", "name"], shape("Polygon")],
      layout: { ...spot, "text-size": 11.5 },
      paint: { "text-color": palette["map-water-ink"], ...halo },
    },
    {
      id: "own-park-name",
      ...spots,
      minzoom: 14,
      filter: isClass("park"),
      layout: spot,
      paint: { "text-color": palette["map-green-ink"], ...halo },
    },
    {
      id: "own-spot-name",
      ...spots,
      minzoom: 15,
      filter: ["!", among(["park", "station", "metro_station"])],
      layout: spot,
      paint: { "text-color": palette["ink-3"], ...halo },
    },
    {
      id: "own-station-name",
      ...spots,
      minzoom: 12.5,
      filter: among(["station", "metro_station"]),
      layout: { ...spot, "text-font": BOLD },
      paint: { "text-color": palette["map-rail"], ...halo },
    },
    {
      id: "own-place-name",
      type: "symbol",
      ...part("places"),
      maxzoom: 16,
      layout: {
        ...spot,
        "text-size": byClass({ city: 15, town: 13, suburb: 12.5 }, 11.5),
        "text-letter-spacing": 0.08,
      },
      paint: { "text-color": palette["ink-3"], ...halo },
    },
  ]);
}

/** Every layer of it that is drawn with an opacity, as `setPaintProperty` takes it. @returns {Opacity[]} */
export const opacities = (palette, opacity) =>
  [...groundLayers(palette, opacity), ...lineLayers(palette, opacity), ...nameLayers(palette, opacity)].flatMap(
    ({ id, paint }) =>
      Object.entries(paint ?? {})
        .filter(([property]) => property.endsWith("-opacity"))
        .map(([property, value]) => /** @type {Opacity} */ ([id, property, value])),
  );
