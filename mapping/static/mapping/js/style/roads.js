/** The register's own roads and sites: lines where no base map has them, and their names over any. */
import { REGULAR } from "mapping/map_letters";
import { roadWidth } from "mapping/style/road_width";

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

/** @param {Record<string, string>} palette @returns {Layer[]} */
export function roadLayers(palette) {
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
        "line-width": roadWidth(1.5),
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0, 13, 1],
      },
    },
    { ...road, id: "road", paint: { "line-color": palette["map-road"], "line-width": roadWidth(0) } },
  ]);
}

/** Names of roads and sites. @param {Record<string, string>} palette @returns {Layer[]} */
export function roadNames(palette) {
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
  ]);
}
