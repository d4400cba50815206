/** The cases' part of the map's style: counted cells when zoomed out, single cases from the zoom of single assets on. */
import { BOLD } from "mapping/map_letters";
import { mapStyle } from "mapping/map_style";
import { ASSETS_FROM } from "mapping/style/sources";

const TILES_UP_TO = 16;
const WORST_FIRST = ["red", "amber", "green", "held"];

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */
/** @typedef {import("maplibre-gl").StyleSpecification} Style */

/** Tiles of the cases that the filter leaves. @param {string} path @param {string} query */
export const caseTiles = (path, query) => [location.origin + path + (query ? `?${query}` : "")];

/**
 * The map's style with the cases on it, and with the assets beneath them where both are wanted.
 * @param {Record<string, string>} palette of the map
 * @param {Record<string, string>} lamps
 * @param {{tiles: string, query: string, both: boolean}} shown
 * @returns {Style}
 */
export function caseStyle(palette, lamps, { tiles, query, both }) {
  const style = mapStyle(palette, "");
  const { assets, ...rest } = style.sources;
  const layers = both
    ? style.layers
    : style.layers.filter((layer) => !("source" in layer) || layer.source !== "assets");
  const above = layers.findIndex((layer) => "source" in layer && layer.source === "focus");
  const own = caseLayers(palette, lamps);
  return {
    ...style,
    sources: {
      ...rest,
      ...(both && { assets }),
      cases: { type: "vector", tiles: caseTiles(tiles, query), maxzoom: TILES_UP_TO },
    },
    layers: above < 0 ? [...layers, ...own] : [...layers.slice(0, above), ...own, ...layers.slice(above)],
  };
}

/** @param {Record<string, string>} palette @param {Record<string, string>} lamps @returns {Layer[]} */
function caseLayers(palette, lamps) {
  const worst = [
    "case",
    ...WORST_FIRST.flatMap((lamp) => [[">", ["coalesce", ["get", lamp], 0], 0], lamps[lamp]]),
    lamps.none,
  ];
  return /** @type {Layer[]} */ ([
    {
      id: "case-cells",
      type: "circle",
      source: "cases",
      "source-layer": "case_cells",
      maxzoom: ASSETS_FROM,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "n"]], 0, 8, 3, 13, 6, 18],
        "circle-color": lamps.paper,
        "circle-stroke-color": worst,
        "circle-stroke-width": 3.5,
      },
    },
    {
      id: "case-counts",
      type: "symbol",
      source: "cases",
      "source-layer": "case_cells",
      maxzoom: ASSETS_FROM,
      layout: {
        "text-field": ["to-string", ["get", "n"]],
        "text-font": BOLD,
        "text-size": 11,
        "text-allow-overlap": true,
      },
      paint: { "text-color": palette.ink },
    },
    {
      id: "cases",
      type: "symbol",
      source: "cases",
      "source-layer": "cases",
      minzoom: ASSETS_FROM,
      layout: {
        "icon-image": [
          "concat",
          `case|${palette.scheme}|`,
          ["get", "shape"],
          "|",
          ["get", "lamp"],
          "|",
          ["to-string", ["get", "urgent"]],
        ],
        "icon-allow-overlap": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 14, 0.8, 17, 1.1],
      },
    },
  ]);
}
