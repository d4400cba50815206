/** How results of coverage rules are drawn: a gap is red and a diamond or a thick line, what is fulfilled blue and round. */

import { colour } from "web/look";

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

const isOk = ["==", ["get", "ok"], 1];

/**
 * The layers over a source with the features `ok`: 1 or 0.
 * @param {string} source @param {{points?: string, lines?: string}} [within] the source's layers, of vector tiles
 * @returns {Layer[]}
 */
export function coverageLayers(source, { points, lines } = {}) {
  const [gap, good, paper] = ["severe", "good", "paper"].map(colour);
  const of = (/** @type {string|undefined} */ layer) => ({ source, ...(layer && { "source-layer": layer }) });
  return /** @type {Layer[]} */ (
    /** @type {object[]} */ ([
      {
        ...of(lines),
        id: "coverage-lines",
        type: "line",
        filter: ["==", ["geometry-type"], "LineString"],
        layout: { "line-cap": "round" },
        paint: {
          "line-color": ["case", isOk, good, gap],
          "line-width": ["case", isOk, 2, 5],
          "line-opacity": 0.75,
        },
      },
      {
        ...of(points),
        id: "coverage-points",
        type: "circle",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": [
            "interpolate",
            ["linear"],
            ["zoom"],
            11,
            ["case", isOk, 2, 3],
            14,
            ["case", isOk, 3.5, 6.5],
          ],
          "circle-color": ["case", isOk, paper, gap],
          "circle-stroke-color": ["case", isOk, good, paper],
          "circle-stroke-width": ["case", isOk, 2, 1.5],
        },
      },
    ])
  );
}
