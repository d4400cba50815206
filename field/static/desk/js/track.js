/**
 * A person's day on the map: where they recorded something, numbered as in the list. The line only joins the places;
 * nobody was followed in between.
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

/** @typedef {{ lon: number, lat: number, number: number, time: string, what: string }} Stop */

const stops = /** @type {Stop[]} */ (JSON.parse(document.getElementById("track")?.textContent ?? "[]"));
/** The base map of one's own, where one is served. @type {import("mapping/basemap/style").OwnBasemap|null} */
const basemap = JSON.parse(document.getElementById("basemap")?.textContent ?? "null");
const container = document.getElementById("track-map");

/** A colour of the page. @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

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

/** The base map or our own roads, and our areas, quiet, under the line. @returns {import("maplibre-gl").StyleSpecification} */
function style() {
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
        places: { type: "vector", tiles: [`${location.origin}${container?.dataset.places}`], maxzoom: 14 },
        way: {
          type: "geojson",
          data: {
            type: "Feature",
            properties: {},
            geometry: { type: "LineString", coordinates: stops.map(({ lon, lat }) => [lon, lat]) },
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

if (container && stops.length) {
  const bounds = stops.reduce((box, { lon, lat }) => box.extend([lon, lat]), new LngLatBounds());
  const map = new MapView({
    container,
    style: style(),
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
  // The latest lies on top of what was recorded at the same place.
  for (const stop of stops) {
    const element = document.createElement("span");
    element.className = "track-stop";
    element.textContent = String(stop.number);
    element.title = `${stop.time} ${stop.what}`;
    new Marker({ element }).setLngLat([stop.lon, stop.lat]).addTo(map);
  }
}
