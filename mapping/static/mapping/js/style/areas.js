/** Areas on the map: coloured by rate, edged by level, named where there is room. */
import { shows } from "mapping/style/sources";
import { BOLD, REGULAR } from "mapping/map_letters";

/** Nearer than this the areas' colours have faded: one stands inside a street, and its rate says nothing here. */
export const RATES_UP_TO = 14.5;

/** Where the rate's classes begin; the key at the foot of the map says them too. */
export const RATE_STEPS = [0.04, 0.055, 0.07, 0.1];

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

const level = (name) => ["==", ["get", "level"], name];

/** @param {Record<string, string>} palette @returns {Layer[]} */
export function areaLayers(palette) {
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

/** Boundaries as lines of their own, since an edge that two areas share must be dashed once. */
export function boundaryLayers(palette) {
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

/** @param {Record<string, string>} palette @returns {Layer[]} */
export function areaNames(palette) {
  const halo = { "text-halo-color": palette["map-ground"], "text-halo-width": 1.6 };
  return /** @type {Layer[]} */ (
    /** @type {object[]} */ ([
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
    ])
  );
}

/** Where a street's name may stand, in ems from its place: the nearest room between the rings is taken. */
const NEARBY = [0, 0.5, -0.5, 1, -1, 1.5, -1.5, 2, -2, 2.5, -2.5, 3, -3, 3.5, -3.5, 4, -4, 5, -5].flatMap((down) =>
  [0, -2, 2, -4, 4].flatMap((across) => ["center", [across, down]]),
);
