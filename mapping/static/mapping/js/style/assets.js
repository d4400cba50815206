/**
 * Assets zoomed in: a symbol each, the worst on top, and names where there is room. The faces of one support are one
 * symbol: a disc edged by the worst of their conditions, with their number.
 */
import { CONDITIONS } from "mapping/conditions";
import { REGULAR } from "mapping/map_letters";
import { ASSETS_FROM } from "mapping/style/sources";

/** From here on a picture has room for the number of faces, and from there on for what is overdue. */
const NUMBERS_FROM = 15;
const OVERDUE_FROM = 16;
const NAMES_FROM = 16.5;
const FACE_NAMES_FROM = 18.5;
/** Size of a stack, whatever its faces are. */
const STACK = 1.15;

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

/** @param {Record<string, string>} palette @returns {Layer[]} */
export function assetLayers(palette) {
  const worst = ["match", ["get", "condition"], ...CONDITIONS.flatMap((condition, index) => [condition, index]), 0];
  // All faces of one support are drawn on one spot, in pictures of one size, so that the worst covers the others.
  const stacked = [">", ["coalesce", ["get", "faces"], 1], 1];
  const grow = ["case", ["in", ["get", "condition"], ["literal", ["severe", "missing"]]], 1.25, 1];
  const large = ["case", ["==", ["get", "large"], 1], 1.3, 1];
  const own = ["case", stacked, STACK, ["*", grow, large]];
  const picture = (overdue, count) => [
    "concat",
    `asset|${palette.scheme}|`,
    ["get", "symbol"],
    "|",
    ["get", "condition"],
    "|",
    overdue,
    ["case", stacked, ["concat", "|", count], ""],
  ];
  const size = (at) => ["*", at, own];
  const source = { type: "symbol", source: "assets", "source-layer": "assets", minzoom: ASSETS_FROM };
  return /** @type {Layer[]} */ (
    /** @type {object[]} */ ([
      {
        // Below the symbols in order, and so placed after them: a name covers no symbol.
        ...source,
        id: "asset-names",
        minzoom: NAMES_FROM,
        layout: {
          // A stack says how many it is; its faces' names would stand around it as if they were neighbours.
          "text-field": [
            "step",
            ["zoom"],
            ["case", stacked, "", ["to-string", ["get", "name"]]],
            FACE_NAMES_FROM,
            ["to-string", ["get", "name"]],
          ],
          "text-font": REGULAR,
          "text-size": 11.5,
          "text-variable-anchor": ["top", "bottom", "left", "right"],
          "text-radial-offset": ["case", [">", own, 1], 2, 1.65],
          "text-justify": "auto",
          "text-max-width": 9,
          "text-padding": 2,
          "symbol-sort-key": ["-", 0, worst],
        },
        paint: { "text-color": palette.ink, "text-halo-color": palette["map-ground"], "text-halo-width": 1.6 },
      },
      {
        ...source,
        id: "assets",
        layout: {
          "icon-image": [
            "step",
            ["zoom"],
            picture("0", "0"),
            NUMBERS_FROM,
            picture("0", ["to-string", ["get", "faces"]]),
            OVERDUE_FROM,
            picture(["to-string", ["get", "overdue"]], ["to-string", ["get", "faces"]]),
          ],
          "icon-size": [
            "interpolate",
            ["linear"],
            ["zoom"],
            14,
            size(0.52),
            15,
            size(0.56),
            15.75,
            size(0.64),
            16.25,
            size(0.82),
            18,
            size(1.05),
          ],
          "icon-allow-overlap": true,
          "icon-padding": 0,
          // Of two that are equally bad the one that is also overdue.
          "symbol-sort-key": ["+", ["*", 2, worst], ["coalesce", ["get", "overdue"], 0]],
        },
      },
    ])
  );
}
