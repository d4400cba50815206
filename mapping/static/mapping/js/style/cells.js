/** Assets zoomed out: a cell of the grid as a ring with its number, coloured by the share of each condition. */
import { config } from "web/config";
import { RING_ORDER, RING_RADIUS, SHARES } from "mapping/map_images";
import { BOLD } from "mapping/map_letters";
import { ASSETS_FROM } from "mapping/style/sources";

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

/** @param {Record<string, string>} palette @returns {Layer} */
export function cellLayer(palette) {
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
