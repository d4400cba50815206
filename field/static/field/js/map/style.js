/** How the phone's map is drawn: base map, areas and roads, assets by their condition, and where one stands. */
import { OWN_BASEMAP, basemapSource as ownSource, groundLayers, lineLayers, nameLayers } from "mapping/basemap/style";
import { CONDITIONS } from "mapping/conditions";
import { roadWidth } from "mapping/style/road_width";
import { config } from "web/config";
import * as basemap from "field/down/basemap";

const KEPT_TILES = "kept://{z}/{x}/{y}";
// MapLibre reads the weight out of the first family's name; the others are what phones have.
const LETTERS = ["Label Regular", "PingFang SC", "Noto Sans CJK SC", "Noto Sans", "sans-serif"];
/** From this level on assets are signs; further out, where thousands lie about, they are dots. */
export const SIGNS_FROM = 15;

/** @param {NonNullable<import("web/config").PageConfig["basemap"]>} service */
function basemapSource({ tiles, attribution, tileSize }) {
  const kept = basemap.mayKeep ? { tiles: [KEPT_TILES] } : { tiles };
  return { type: /** @type {const} */ ("raster"), attribution, tileSize, ...kept };
}

/** Calm, so that what is ours stands out; at night not so bright. */
const rasterPaint = (/** @type {Record<string, string>} */ { scheme }) => ({
  "raster-saturation": -0.5,
  "raster-brightness-max": scheme === "dark" ? 0.6 : 1,
});

const LEVELS = { street: 2, community: 3 };
const level = (name) => ["==", ["get", "level"], LEVELS[name]];

/** An expression that follows an asset's condition. @param {(condition: string, rank: number) => string|number} value */
const byCondition = (value) => [
  "match",
  ["get", "condition"],
  ...CONDITIONS.flatMap((name, rank) => [name, value(name, rank)]),
  value(CONDITIONS[0], 0),
];

/**
 * The style of the map.
 * @param {{areas: GeoJSON.FeatureCollection, roads: GeoJSON.FeatureCollection, assets: GeoJSON.FeatureCollection,
 *   here: GeoJSON.FeatureCollection}} data what its sources hold, where the base map shows it
 * @param {Record<string, string>} palette
 * @returns {import("maplibre-gl").StyleSpecification}
 */
export function style(data, palette) {
  const road = { type: "line", source: "roads", layout: { "line-cap": "round", "line-join": "round" } };
  const text = { "text-font": LETTERS, "text-size": 13 };
  const halo = { "text-halo-color": palette.paper, "text-halo-width": 2 };
  return {
    version: 8,
    sources: {
      areas: { type: "geojson", data: data.areas },
      roads: { type: "geojson", data: data.roads },
      assets: { type: "geojson", data: data.assets },
      here: { type: "geojson", data: data.here },
      ...(config.basemap && { basemap: basemapSource(config.basemap) }),
      ...(basemap.own && { [OWN_BASEMAP]: ownSource(basemap.own, KEPT_TILES) }),
    },
    layers: /** @type {import("maplibre-gl").LayerSpecification[]} */ ([
      { id: "ground", type: "background", paint: { "background-color": palette["map-ground"] } },
      ...(config.basemap ? [{ id: "basemap", type: "raster", source: "basemap", paint: rasterPaint(palette) }] : []),
      {
        id: "streets",
        type: "fill",
        source: "areas",
        filter: level("street"),
        paint: { "fill-color": palette["rate-0"], "fill-opacity": config.basemap ? 0.15 : 1 },
      },
      ...(basemap.own
        ? [...groundLayers(palette, 1), ...lineLayers(palette, 1)]
        : [
            {
              ...road,
              id: "road-edges",
              paint: { "line-color": palette["map-road-edge"], "line-width": roadWidth(1.5) },
            },
            { ...road, id: "roads", paint: { "line-color": palette["map-road"], "line-width": roadWidth(0) } },
          ]),
      {
        id: "communities",
        type: "line",
        source: "areas",
        filter: level("community"),
        paint: {
          "line-color": palette["map-boundary"],
          "line-width": 1,
          "line-dasharray": [3, 3],
          "line-opacity": 0.6,
        },
      },
      {
        id: "street-lines",
        type: "line",
        source: "areas",
        filter: level("street"),
        paint: { "line-color": palette["map-boundary"], "line-width": 1.8 },
      },
      ...(basemap.own ? nameLayers(palette, 1) : []),
      {
        id: "road-names",
        type: "symbol",
        source: "roads",
        minzoom: 13.5,
        layout: { ...text, "text-field": ["get", "name"], "symbol-placement": "line", "symbol-spacing": 320 },
        paint: { ...halo, "text-color": palette["ink-2"] },
      },
      {
        id: "here-circle",
        type: "fill",
        source: "here",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": palette.accent, "fill-opacity": 0.14 },
      },
      {
        id: "asset-dots",
        type: "circle",
        source: "assets",
        maxzoom: SIGNS_FROM,
        // The worst on top: that is what one looks for from afar.
        layout: { "circle-sort-key": byCondition((_name, rank) => rank) },
        paint: {
          "circle-color": byCondition((name) => palette[name]),
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, SIGNS_FROM, 5],
          "circle-stroke-color": palette.outline,
          "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, 0.2, SIGNS_FROM, 1],
        },
      },
      {
        id: "assets",
        type: "symbol",
        source: "assets",
        minzoom: SIGNS_FROM,
        layout: {
          "icon-image": [
            "concat",
            `asset|${palette.scheme}|`,
            ["get", "symbol"],
            "|",
            ["get", "condition"],
            "|",
            ["to-string", ["get", "late"]],
          ],
          "icon-size": ["interpolate", ["linear"], ["zoom"], SIGNS_FROM, 0.85, 17, 1.15],
          "icon-allow-overlap": true,
        },
      },
      {
        id: "asset-names",
        type: "symbol",
        source: "assets",
        minzoom: 17,
        layout: {
          ...text,
          "text-size": 12.5,
          "text-field": ["get", "name"],
          "text-anchor": "top",
          "text-offset": [0, 1.3],
          "text-max-width": 11,
        },
        paint: { ...halo, "text-color": palette.ink },
      },
      {
        id: "here",
        type: "circle",
        source: "here",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 8,
          "circle-color": palette.accent,
          "circle-stroke-color": "#fff",
          "circle-stroke-width": 3,
        },
      },
    ]),
  };
}
