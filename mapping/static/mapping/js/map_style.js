/**
 * The map's style put together, from below to above: calm ground, areas by rate, the base map or roads, cells as rings,
 * assets as symbols, marks. Each file of style/ draws one of these; colours come from tokens.css, so the map follows
 * the page's scheme. There are no glyphs: MapLibre draws letters with system fonts.
 */
import { chosenOpacity } from "mapping/basemap/choice";
import { groundLayers, lineLayers, nameLayers as basemapNames } from "mapping/basemap/style";
import { areaLayers, areaNames, boundaryLayers } from "mapping/style/areas";
import { assetLayers } from "mapping/style/assets";
import { cellLayer } from "mapping/style/cells";
import { focusLayers, selectionLayers } from "mapping/style/marks";
import { roadLayers, roadNames } from "mapping/style/roads";
import { ASSETS_FROM, mapSources, nearly, rasterLayers, shows } from "mapping/style/sources";

/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

/** Names of roads: below the rings, and from where there are single assets above them, since those leave no room. */
const OF_ROADS = ["road-name", "own-road-name"];

/** @param {Layer[]} names @returns {Layer[]} the same, with roads named up to the first single assets only */
const fromAfar = (names) =>
  names.map((layer) => (OF_ROADS.includes(layer.id) ? { ...layer, maxzoom: ASSETS_FROM } : layer));

/** @param {Layer[]} names @returns {Layer[]} those of roads, from the first single assets on */
const fromNear = (names) =>
  names
    .filter(({ id }) => OF_ROADS.includes(id))
    .map((layer) => ({ ...layer, id: nearly(layer.id), minzoom: ASSETS_FROM }));

/**
 * @param {Record<string, string>} palette
 * @param {string} query the filter
 * @returns {import("maplibre-gl").StyleSpecification}
 */
export function mapStyle(palette, query) {
  // The register's own come first, and are placed last: a road of the register may have a line drawn by hand.
  const names = [...roadNames(palette), ...(shows("own") ? basemapNames(palette, chosenOpacity()) : [])];
  return {
    version: 8,
    sources: mapSources(query),
    layers: [
      { id: "ground", type: "background", paint: { "background-color": palette["map-ground"] } },
      ...rasterLayers(),
      ...areaLayers(palette),
      ...(shows("own")
        ? [...groundLayers(palette, chosenOpacity()), ...lineLayers(palette, chosenOpacity())]
        : roadLayers(palette)),
      ...boundaryLayers(palette),
      ...fromAfar(names),
      ...areaNames(palette),
      cellLayer(palette),
      ...selectionLayers(palette),
      ...assetLayers(palette),
      ...fromNear(names),
      ...focusLayers(palette),
    ],
  };
}
