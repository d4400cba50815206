/** What the page itself draws over everything: a choice underway, and the marks of what is pointed at or selected. */
import { BOLD } from "mapping/map_letters";

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

/** What is being drawn or was drawn to choose by, and what is being picked by hand. @param {Record<string, string>} palette @returns {Layer[]} */
export function selectionLayers(palette) {
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

/** @param {Record<string, string>} palette @returns {Layer[]} */
export function focusLayers(palette) {
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
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 14, 15, 16, 20, 18, 25],
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
