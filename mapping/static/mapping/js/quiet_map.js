/**
 * A quiet map under a dotted way, for pages that show where something was or is to be done, in an order.
 *
 * Its container says in `data-places` where the tiles of areas and roads are; the page's script `basemap` describes the
 * base map, where there is one.
 */
import { AttributionControl, LngLatBounds, Map as MapView, Marker, NavigationControl, ScaleControl } from "maplibre-gl";
import {
  BASEMAP_COLOURS,
  OWN_BASEMAP,
  basemapSource,
  groundLayers,
  lineLayers,
  nameLayers,
} from "mapping/basemap/style";
import { REGULAR } from "mapping/map_letters";
import { jsonOf } from "web/dom";
import { colour } from "web/look";

/** What the base map's layers are painted with. */
const palette = () =>
  Object.fromEntries(
    [...BASEMAP_COLOURS, "ink-2", "ink-3", "map-ground", "map-road", "map-road-edge"].map((name) => [
      name,
      colour(name),
    ]),
  );

/** Roads of the register and their names, where there is no base map to have them. */
function ownRoads(names, ink) {
  const roads = { source: "places", "source-layer": "roads" };
  const line = {
    ...roads,
    id: "roads",
    type: "line",
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": colour("map-road-edge"),
      "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 10, 1, 16, 8, 18, 18],
    },
  };
  const along = { ...names, "symbol-placement": "line" };
  return [line, { ...roads, id: "road-names", type: "symbol", minzoom: 13, layout: along, paint: ink }];
}

/**
 * The base map or our own roads, and our areas, quiet, under the line.
 * @param {HTMLElement} container @param {[number, number][]} way
 * @param {import("mapping/basemap/style").OwnBasemap|null} basemap
 * @returns {import("maplibre-gl").StyleSpecification}
 */
function style(container, way, basemap) {
  const places = { source: "places" };
  const level = (/** @type {string} */ name) => ["==", ["get", "level"], name];
  const names = { "text-field": ["get", "name"], "text-font": REGULAR, "text-size": 12 };
  const ink = { "text-color": colour("ink-2"), "text-halo-color": colour("map-ground"), "text-halo-width": 1.5 };
  const [roads, roadNames] = ownRoads(names, ink).map((layer) => [layer]);
  return /** @type {import("maplibre-gl").StyleSpecification} */ (
    /** @type {object} */ ({
      version: 8,
      sources: {
        ...(basemap && { [OWN_BASEMAP]: basemapSource(basemap) }),
        places: { type: "vector", tiles: [`${location.origin}${container.dataset.places}`], maxzoom: 14 },
        way: {
          type: "geojson",
          data: {
            type: "Feature",
            properties: {},
            geometry: { type: "LineString", coordinates: way },
          },
        },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": colour("map-ground") } },
        ...(basemap ? [...groundLayers(palette(), 1), ...lineLayers(palette(), 1)] : roads),
        {
          ...places,
          id: "communities",
          type: "line",
          "source-layer": "areas",
          minzoom: 13,
          filter: level("community"),
          paint: { "line-color": colour("map-boundary"), "line-opacity": 0.35, "line-dasharray": [2, 3] },
        },
        {
          ...places,
          id: "streets",
          type: "line",
          "source-layer": "areas",
          filter: level("street"),
          paint: { "line-color": colour("map-boundary"), "line-opacity": 0.7, "line-width": 1.4 },
        },
        {
          ...places,
          id: "street-names",
          type: "symbol",
          "source-layer": "area_labels",
          filter: level("street"),
          layout: names,
          paint: ink,
        },
        ...(basemap ? nameLayers(palette(), 1) : roadNames),
        {
          id: "way",
          type: "line",
          source: "way",
          layout: { "line-cap": "round", "line-join": "round" },
          paint: { "line-color": colour("accent"), "line-width": 2.5, "line-opacity": 0.7, "line-dasharray": [1, 1.6] },
        },
      ],
    })
  );
}

/**
 * Draws the map around some places, with a dotted line along the way.
 * @param {HTMLElement} container
 * @param {{places: [number, number][], way: [number, number][]}} what
 *   `places` it has to show; at least one
 */
export function quietMap(container, { places, way }) {
  const bounds = places.reduce((box, place) => box.extend(place), new LngLatBounds());
  const map = new MapView({
    container,
    style: style(container, way, jsonOf("basemap")),
    bounds,
    fitBoundsOptions: { padding: 56, maxZoom: 16 },
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
  });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-left");
  map.addControl(new AttributionControl({ compact: false }), "bottom-right");
  map.touchZoomRotate.disableRotation();
  return map;
}

/**
 * Puts a mark on the map; a later one lies on top.
 * @param {MapView} map @param {[number, number]} place
 * @param {{className: string, text?: string, title: string}} mark
 */
export function markPlace(map, place, { className, text = "", title }) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  element.title = title;
  new Marker({ element }).setLngLat(place).addTo(map);
}
