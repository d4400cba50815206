/**
 * A person's day on the map: where they recorded something, numbered as in the list. The line only joins the places;
 * nobody was followed in between.
 */
import { LngLatBounds, Map as MapView, Marker, NavigationControl } from "maplibre-gl";

/** @typedef {{ lon: number, lat: number, number: number, time: string, what: string }} Stop */

const FONT = ["Label Regular", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];
const stops = /** @type {Stop[]} */ (JSON.parse(document.getElementById("track")?.textContent ?? "[]"));
const container = document.getElementById("track-map");

/** A colour of the page. @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Our own areas and roads, quiet, under the line. @returns {import("maplibre-gl").StyleSpecification} */
function style() {
  const places = { source: "places" };
  const level = (/** @type {string} */ name) => ["==", ["get", "level"], name];
  const names = { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12 };
  const ink = { "text-color": colour("ink-2"), "text-halo-color": colour("map-ground"), "text-halo-width": 1.5 };
  return /** @type {import("maplibre-gl").StyleSpecification} */ ({
    version: 8,
    sources: {
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
      {
        ...places,
        id: "roads",
        type: "line",
        "source-layer": "roads",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: {
          "line-color": colour("map-road-edge"),
          "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 10, 1, 16, 8, 18, 18],
        },
      },
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
      {
        ...places,
        id: "road-names",
        type: "symbol",
        "source-layer": "roads",
        minzoom: 13,
        layout: { ...names, "symbol-placement": "line" },
        paint: ink,
      },
      {
        id: "way",
        type: "line",
        source: "way",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": colour("accent"), "line-width": 2.5, "line-opacity": 0.7, "line-dasharray": [1, 1.6] },
      },
    ],
  });
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
