/**
 * The map's style: calm ground, areas by rate, roads, cells as rings, assets as symbols. Colours come from
 * tokens.css, so the map follows the page's scheme. There are no glyphs: MapLibre draws letters with system fonts.
 */
import { chosenKind, chosenOpacity } from "mapping/basemap/choice";
import {
  BASEMAP_COLOURS,
  OWN_BASEMAP,
  basemapSource,
  groundLayers,
  lineLayers,
  nameLayers as basemapNames,
  opacities,
} from "mapping/basemap/style";
import { CONDITIONS } from "mapping/conditions";
import { config } from "web/config";
import { RING_ORDER, RING_RADIUS, SHARES } from "mapping/map_images";
import { BOLD, REGULAR } from "mapping/map_letters";

/** Cells give way to single assets from this zoom on (the contract of /tiles/assets). */
export const ASSETS_FROM = 14;
const OVERDUE_FROM = 15;
const NAMES_FROM = 16.5;
/** Nearer than this the areas' colours have faded: one stands inside a street, and its rate says nothing here. */
export const RATES_UP_TO = 14.5;
const ASSET_TILES_UP_TO = 16;
const PLACE_TILES_UP_TO = 14;

/** Where the rate's classes begin; the key at the foot of the map says them too. */
export const RATE_STEPS = [0.04, 0.055, 0.07, 0.1];

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

const COLOURS = [
  "ink",
  "ink-2",
  "ink-3",
  "paper",
  "accent",
  "line",
  ...CONDITIONS,
  "rate-0",
  "rate-1",
  "rate-2",
  "rate-3",
  "rate-4",
  "map-ground",
  "map-line",
  "map-boundary",
  "map-road",
  "map-road-edge",
  ...BASEMAP_COLOURS,
];

/** The page's colours at this moment. @returns {Record<string, string>} */
export function readPalette() {
  const tokens = getComputedStyle(document.documentElement);
  const palette = Object.fromEntries(COLOURS.map((name) => [name, tokens.getPropertyValue(`--${name}`).trim()]));
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    ...palette,
    scheme: dark ? "dark" : "light",
    outline: dark ? "rgba(0,0,0,.75)" : "rgba(29,39,51,.55)",
  };
}

/** Tiles of the assets that the filter leaves. MapLibre's worker wants whole addresses. @param {string} query */
export const assetTiles = (query) => [location.origin + config.urls.tiles + (query ? `?${query}` : "")];

/**
 * @param {Record<string, string>} palette
 * @param {string} query the filter
 * @returns {import("maplibre-gl").StyleSpecification}
 */
export function mapStyle(palette, query) {
  return {
    version: 8,
    sources: {
      ...(shows("own") && { [OWN_BASEMAP]: basemapSource(config.ownBasemap) }),
      ...(shows("tiles") && {
        basemap: {
          type: "raster",
          tiles: config.basemap.tiles,
          tileSize: config.basemap.tileSize ?? 256,
          attribution: config.basemap.attribution ?? "",
        },
      }),
      places: {
        type: "vector",
        tiles: [location.origin + config.urls.places],
        maxzoom: PLACE_TILES_UP_TO,
        promoteId: { areas: "code" },
        attribution: config.roadsCredit,
      },
      assets: { type: "vector", tiles: assetTiles(query), maxzoom: ASSET_TILES_UP_TO },
      selection: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
      focus: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": palette["map-ground"] } },
      ...(shows("tiles")
        ? [
            {
              id: "basemap",
              type: /** @type {const} */ ("raster"),
              source: "basemap",
              paint: { "raster-saturation": -0.5, "raster-opacity": rasterOpacity() },
            },
          ]
        : []),
      ...areaLayers(palette),
      ...(shows("own")
        ? [...groundLayers(palette, chosenOpacity()), ...lineLayers(palette, chosenOpacity())]
        : roadLayers(palette)),
      ...boundaryLayers(palette),
      ...nameLayers(palette),
      cellLayer(palette),
      ...selectionLayers(palette),
      ...assetLayers(palette),
      ...focusLayers(palette),
    ],
  };
}

/** @param {import("mapping/basemap/choice").Kind} kind */
const shows = (kind) => chosenKind() === kind;

/** Fainter than it comes, so that what is ours stands out. */
const rasterOpacity = () => 0.8 * chosenOpacity();

/** What `setPaintProperty` takes to have the base map as strong as it is chosen. @returns {import("mapping/basemap/style").Opacity[]} */
export const basemapOpacities = (palette) =>
  shows("own")
    ? opacities(palette, chosenOpacity())
    : shows("tiles")
      ? [["basemap", "raster-opacity", rasterOpacity()]]
      : [];

const level = (name) => ["==", ["get", "level"], name];

function areaLayers(palette) {
  const rate = ["feature-state", "rate"];
  return /** @type {Layer[]} */ ([
    {
      id: "district-fill",
      type: "fill",
      source: "places",
      "source-layer": "areas",
      filter: level("district"),
      paint: { "fill-color": palette["rate-0"], "fill-opacity": shows("tiles") ? 0.15 : 1 },
    },
    {
      id: "street-fill",
      type: "fill",
      source: "places",
      "source-layer": "areas",
      filter: level("street"),
      paint: {
        "fill-color": [
          "case",
          ["==", ["typeof", rate], "number"],
          [
            "step",
            ["to-number", rate, 0],
            palette["rate-0"],
            ...RATE_STEPS.flatMap((step, index) => [step, palette[`rate-${index + 1}`]]),
          ],
          palette["rate-0"],
        ],
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 11.5, fade(1), 13, fade(0.6), RATES_UP_TO, fade(0.2)],
      },
    },
  ]);
}

/** Streets outside the choice step back. */
const fade = (full) => [
  "case",
  ["boolean", ["feature-state", "aside"], false],
  full * 0.25,
  (shows("tiles") ? 0.4 : 1) * full,
];

function roadLayers(palette) {
  const width = (grow) => [
    "interpolate",
    ["exponential", 1.5],
    ["zoom"],
    10,
    0.8 + grow,
    13,
    2 + grow,
    16,
    9 + grow,
    18,
    22 + grow,
  ];
  const road = {
    type: "line",
    source: "places",
    "source-layer": "roads",
    layout: { "line-cap": "round", "line-join": "round" },
  };
  return /** @type {Layer[]} */ ([
    {
      ...road,
      id: "road-edge",
      minzoom: 12,
      paint: {
        "line-color": palette["map-road-edge"],
        "line-width": width(1.5),
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0, 13, 1],
      },
    },
    { ...road, id: "road", paint: { "line-color": palette["map-road"], "line-width": width(0) } },
  ]);
}

/** Boundaries as lines of their own, since an edge that two areas share must be dashed once. */
function boundaryLayers(palette) {
  const line = {
    type: "line",
    source: "places",
    "source-layer": "boundaries",
    layout: { "line-join": "round" },
  };
  const approximate = ["boolean", ["get", "approximate"], false];
  const dashed = (dashes) => ({ "line-color": palette["map-boundary"], "line-dasharray": dashes });
  // A light line beneath hides the boundary of a lower level along the same edge.
  const bed = { "line-color": palette["map-line"], "line-width": 2.6 };
  const streetWidth = ["interpolate", ["linear"], ["zoom"], 10, 0.9, 14, 1.4];
  return /** @type {Layer[]} */ ([
    {
      ...line,
      id: "community-line",
      minzoom: 13.5,
      filter: level("community"),
      paint: { ...dashed([2, 3]), "line-opacity": 0.35, "line-width": 1 },
    },
    { ...line, id: "street-bed", filter: level("street"), paint: bed },
    {
      ...line,
      id: "street-line",
      filter: ["all", level("street"), ["!", approximate]],
      paint: { "line-color": palette["map-boundary"], "line-opacity": 0.6, "line-width": streetWidth },
    },
    {
      ...line,
      id: "street-line-approximate",
      filter: ["all", level("street"), approximate],
      paint: { ...dashed([3, 2.5]), "line-opacity": 0.6, "line-width": streetWidth },
    },
    { ...line, id: "district-bed", filter: level("district"), paint: bed },
    {
      ...line,
      id: "district-line",
      filter: ["all", level("district"), ["!", approximate]],
      paint: { "line-color": palette["map-boundary"], "line-width": 1.6 },
    },
    {
      ...line,
      id: "district-line-approximate",
      filter: ["all", level("district"), approximate],
      paint: { ...dashed([4, 2.5]), "line-width": 1.6 },
    },
    {
      ...line,
      "source-layer": "areas",
      id: "street-chosen",
      filter: level("street"),
      paint: {
        "line-color": palette.accent,
        "line-width": [
          "case",
          ["boolean", ["feature-state", "chosen"], false],
          2.5,
          ["boolean", ["feature-state", "pointed"], false],
          1.5,
          0,
        ],
      },
    },
  ]);
}

function nameLayers(palette) {
  const halo = { "text-halo-color": palette["map-ground"], "text-halo-width": 1.6 };
  return /** @type {Layer[]} */ ([
    {
      id: "road-name",
      type: "symbol",
      source: "places",
      "source-layer": "roads",
      minzoom: 13,
      layout: {
        "symbol-placement": "line",
        "text-field": ["get", "name"],
        "text-font": REGULAR,
        "text-size": ["interpolate", ["linear"], ["zoom"], 13, 10.5, 17, 13],
        "text-letter-spacing": 0.06,
        "symbol-spacing": 320,
        "text-padding": 4,
      },
      paint: {
        "text-color": palette["ink-2"],
        "text-halo-color": palette["map-road"],
        "text-halo-width": 1.8,
      },
    },
    {
      id: "site-name",
      type: "symbol",
      source: "places",
      "source-layer": "sites",
      minzoom: 14.5,
      layout: {
        "text-field": ["get", "name"],
        "text-font": REGULAR,
        "text-size": 11,
        "text-padding": 6,
        "text-max-width": 9,
      },
      paint: { "text-color": palette["ink-3"], ...halo },
    },
    // After the register's own, and so placed before them: a road of the register may have a line drawn by hand.
    ...(shows("own") ? basemapNames(palette, chosenOpacity()) : []),
    {
      id: "community-name",
      type: "symbol",
      source: "places",
      "source-layer": "area_labels",
      minzoom: 14,
      maxzoom: 17,
      filter: level("community"),
      layout: {
        "text-field": ["get", "name"],
        "text-font": REGULAR,
        "text-size": 11.5,
        "text-padding": 8,
        "text-max-width": 8,
      },
      paint: { "text-color": palette["ink-3"], ...halo },
    },
    {
      // Below the rings in order, and so placed after them: a street's name takes what room the rings leave.
      id: "street-name",
      type: "symbol",
      source: "places",
      "source-layer": "area_labels",
      maxzoom: 15.5,
      filter: level("street"),
      layout: {
        "text-field": ["get", "name"],
        "text-font": BOLD,
        "text-size": ["interpolate", ["linear"], ["zoom"], 10, 10.5, 12, 11, 13, 12.5, 15, 15],
        "text-max-width": 12,
        "text-padding": 0,
        "text-variable-anchor-offset": NEARBY,
      },
      paint: { "text-color": palette["ink-2"], ...halo },
    },
  ]);
}

/** Where a street's name may stand, in ems from its place: the nearest room between the rings is taken. */
const NEARBY = [0, 0.5, -0.5, 1, -1, 1.5, -1.5, 2, -2, 2.5, -2.5, 3, -3, 3.5, -3.5, 4, -4, 5, -5].flatMap((down) =>
  [0, -2, 2, -4, 4].flatMap((across) => ["center", [across, down]]),
);

function cellLayer(palette) {
  const n = ["get", "n"];
  const share = (condition) => [
    "case",
    [">", ["get", condition], 0],
    ["max", 1, ["round", ["/", ["*", SHARES, ["get", condition]], n]]],
    0,
  ];
  const radius = [
    "step",
    n,
    RING_RADIUS - 7,
    30,
    RING_RADIUS - 5,
    150,
    RING_RADIUS - 3,
    500,
    RING_RADIUS - 1,
    1500,
    RING_RADIUS,
  ];
  // Cells lie closest at a whole zoom and drift apart up to the next one; the rings grow with the room they have.
  const perZoom = (from, to) => [
    "interpolate",
    ["linear"],
    ["zoom"],
    ...[8, 9, 10, 11, 12, 13].flatMap((zoom) => [zoom, from, zoom + 0.99, to]),
  ];
  const bad = ["+", ["get", "damaged"], ["*", 4, ["get", "severe"]], ["*", 4, ["get", "missing"]]];
  return /** @type {Layer} */ (
    /** @type {object} */ ({
      id: "cells",
      type: "symbol",
      source: "assets",
      "source-layer": "cells",
      maxzoom: ASSETS_FROM,
      layout: {
        "icon-image": [
          "concat",
          `ring|${palette.scheme}|`,
          radius,
          ...RING_ORDER.flatMap((condition) => ["|", share(condition)]),
        ],
        "icon-size": perZoom(0.8, 1.2),
        "icon-allow-overlap": true,
        "icon-padding": 0,
        "text-field": [
          "case",
          ["<", n, 10000],
          ["to-string", n],
          config.language.startsWith("zh")
            ? ["concat", ["number-format", ["/", n, 10000], { "max-fraction-digits": 1 }], "万"]
            : ["concat", ["round", ["/", n, 1000]], "k"],
        ],
        "text-font": BOLD,
        "text-size": perZoom(["step", n, 9.5, 1000, 8.8], ["step", n, 12, 1000, 12]),
        "text-allow-overlap": true,
        "text-padding": 0,
        "symbol-sort-key": bad,
      },
      paint: { "text-color": palette.ink },
    })
  );
}

function assetLayers(palette) {
  const worst = ["match", ["get", "condition"], ...CONDITIONS.flatMap((condition, index) => [condition, index]), 0];
  const grow = ["case", ["in", ["get", "condition"], ["literal", ["severe", "missing"]]], 1.25, 1];
  const large = ["case", ["==", ["get", "large"], 1], 1.3, 1];
  const picture = (overdue) => [
    "concat",
    `asset|${palette.scheme}|`,
    ["get", "symbol"],
    "|",
    ["get", "condition"],
    "|",
    overdue,
  ];
  const size = (at) => ["*", at, ["*", grow, large]];
  const source = { type: "symbol", source: "assets", "source-layer": "assets", minzoom: ASSETS_FROM };
  return /** @type {Layer[]} */ ([
    {
      // Below the symbols in order, and so placed after them: a name covers no symbol.
      ...source,
      id: "asset-names",
      minzoom: NAMES_FROM,
      layout: {
        "text-field": ["get", "name"],
        "text-font": REGULAR,
        "text-size": 11.5,
        "text-variable-anchor": ["top", "bottom", "left", "right"],
        "text-radial-offset": ["case", [">", ["*", grow, large], 1], 2, 1.65],
        "text-justify": "auto",
        "text-max-width": 9,
        "text-padding": 1,
        "symbol-sort-key": ["-", 0, worst],
      },
      paint: { "text-color": palette.ink, "text-halo-color": palette["map-ground"], "text-halo-width": 1.6 },
    },
    {
      ...source,
      id: "assets",
      layout: {
        "icon-image": ["step", ["zoom"], picture("0"), OVERDUE_FROM, picture(["to-string", ["get", "overdue"]])],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 14, size(0.56), 16, size(0.85), 18, size(1.05)],
        "icon-allow-overlap": true,
        "icon-padding": 0,
        "symbol-sort-key": worst,
      },
    },
    {
      // Several faces on one support: their number, once, beside the worst of them.
      ...source,
      id: "faces",
      minzoom: 16,
      filter: [">", ["coalesce", ["get", "faces"], 1], 1],
      layout: {
        "text-field": ["concat", "×", ["get", "faces"]],
        "text-font": BOLD,
        "text-size": 11,
        "text-anchor": "right",
        "text-offset": [-1, -0.7],
        "text-padding": 0,
        "text-ignore-placement": false,
      },
      paint: { "text-color": palette.accent, "text-halo-color": palette.paper, "text-halo-width": 2 },
    },
  ]);
}

/** What is being drawn or was drawn to choose by, and what is being picked by hand. */
function selectionLayers(palette) {
  const source = "selection";
  return /** @type {Layer[]} */ ([
    {
      id: "selection-fill",
      type: "fill",
      source,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": palette.accent, "fill-opacity": 0.08 },
    },
    {
      id: "selection-line",
      type: "line",
      source,
      filter: ["!=", ["geometry-type"], "Point"],
      layout: { "line-join": "round" },
      paint: { "line-color": palette.accent, "line-width": 2, "line-dasharray": [2, 1.5] },
    },
    {
      id: "selection-point",
      type: "circle",
      source,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": ["case", ["boolean", ["get", "corner"], false], 4, 15],
        "circle-color": palette.accent,
        "circle-opacity": ["case", ["boolean", ["get", "corner"], false], 1, 0.25],
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": 2,
      },
    },
  ]);
}

function focusLayers(palette) {
  const kind = (name) => ["==", ["get", "kind"], name];
  const ring = { type: "circle", source: "focus" };
  return /** @type {Layer[]} */ ([
    {
      ...ring,
      id: "focus-pointed",
      filter: kind("pointed"),
      paint: {
        "circle-radius": 16,
        "circle-color": palette.accent,
        "circle-opacity": 0.16,
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": 2,
      },
    },
    {
      ...ring,
      id: "focus-selected",
      filter: kind("selected"),
      paint: {
        "circle-radius": 19,
        "circle-color": palette.accent,
        "circle-opacity": 0.05,
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": 3,
      },
    },
    {
      ...ring,
      id: "focus-here",
      filter: kind("here"),
      paint: {
        "circle-radius": 7,
        "circle-color": palette.accent,
        "circle-stroke-color": palette.paper,
        "circle-stroke-width": 3,
      },
    },
    {
      id: "focus-place",
      type: "symbol",
      source: "focus",
      filter: kind("place"),
      layout: {
        "text-field": ["get", "title"],
        "text-font": BOLD,
        "text-size": 13,
        "text-anchor": "bottom",
        "text-offset": [0, -1.1],
        "text-allow-overlap": true,
      },
      paint: { "text-color": palette.accent, "text-halo-color": palette.paper, "text-halo-width": 2.5 },
    },
    {
      ...ring,
      id: "focus-place-dot",
      filter: kind("place"),
      paint: {
        "circle-radius": 5,
        "circle-color": palette.accent,
        "circle-stroke-color": palette.paper,
        "circle-stroke-width": 2.5,
      },
    },
  ]);
}
