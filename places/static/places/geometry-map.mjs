/**
 * The map beside a position or shape in a form (places/geometry_widgets.py). The typed fields hold the value; the map
 * follows them and writes into them, so a form without a map (no WebGL, no script) still works.
 */
import { LngLatBounds, Map as MapView, Marker, NavigationControl } from "../vendor/maplibre/maplibre-gl.mjs";
import { addBasemap } from "./basemap-behind.mjs";

const DISTRICT = /** @type {[number, number]} */ ([116.985, 36.73]);
const DECIMALS = 7;
const FONT = ["Label Regular", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];

/** A colour of the page, or a calm default. @param {string} name @param {string} otherwise */
function colour(name, otherwise) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || otherwise;
}

/**
 * Our own areas and roads as the background.
 * @param {string} tile the address of the first tile, which all others are like
 * @returns {import("maplibre-gl").StyleSpecification}
 */
function background(tile) {
  const ink = colour("ink-2", "#44525f");
  const ground = colour("map-ground", "#f1f4f6");
  const level = (/** @type {string} */ name) => ["==", ["get", "level"], name];
  const places = { source: "places" };
  return /** @type {import("maplibre-gl").StyleSpecification} */ ({
    version: 8,
    sources: {
      places: { type: "vector", tiles: [location.origin + tile.replace("0/0/0", "{z}/{x}/{y}")], maxzoom: 14 },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ground } },
      {
        ...places,
        id: "roads",
        type: "line",
        "source-layer": "roads",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: {
          "line-color": colour("map-road-edge", "#c9d2da"),
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
        paint: { "line-color": ink, "line-opacity": 0.3, "line-dasharray": [2, 3] },
      },
      {
        ...places,
        id: "streets",
        type: "line",
        "source-layer": "areas",
        filter: level("street"),
        paint: { "line-color": ink, "line-opacity": 0.6, "line-width": 1.4 },
      },
      {
        ...places,
        id: "district",
        type: "line",
        "source-layer": "areas",
        filter: level("district"),
        paint: { "line-color": ink, "line-width": 2 },
      },
      {
        ...places,
        id: "street-names",
        type: "symbol",
        "source-layer": "area_labels",
        filter: level("street"),
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13 },
        paint: { "text-color": ink, "text-halo-color": ground, "text-halo-width": 1.5 },
      },
      {
        ...places,
        id: "road-names",
        type: "symbol",
        "source-layer": "roads",
        minzoom: 13,
        layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": 12 },
        paint: { "text-color": ink, "text-halo-color": ground, "text-halo-width": 1.5 },
      },
    ],
  });
}

/** @param {HTMLElement} container @param {Partial<import("maplibre-gl").MapOptions>} view */
function openMap(container, view) {
  const map = new MapView({
    container,
    style: background(container.dataset.places ?? ""),
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
    maxZoom: 20,
    ...view,
  });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.touchZoomRotate.disableRotation();
  map.on("load", () => addBasemap(map, container.dataset.basemap, "roads", colour).catch(console.warn));
  return map;
}

/** A marker and two typed numbers that follow each other. @param {HTMLElement} field */
function followPoint(field) {
  const [longitude, latitude] = /** @type {HTMLInputElement[]} */ ([...field.querySelectorAll("[data-axis]")]);
  const fixed = field.hasAttribute("data-fixed");

  const typed = () => {
    const lon = Number(longitude.value);
    const lat = Number(latitude.value);
    const given = longitude.value.trim() && latitude.value.trim() && Number.isFinite(lon) && Number.isFinite(lat);
    return given && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? /** @type {[number, number]} */ ([lon, lat]) : null;
  };
  const start = typed();
  const map = openMap(container(field), { center: start ?? DISTRICT, zoom: start ? 16 : 10.5 });
  const marker = new Marker({ draggable: !fixed, color: colour("accent", "#1f5fa8") });
  marker.getElement().setAttribute("aria-label", field.dataset.markerLabel ?? "");

  const show = () => {
    const point = typed();
    if (!point) return void marker.remove();
    marker.setLngLat(point).addTo(map);
    if (!map.getBounds().contains(point)) map.jumpTo({ center: point });
  };
  /** @param {import("maplibre-gl").LngLat} at */
  const write = (at) => {
    const { lng, lat } = at.wrap();
    longitude.value = lng.toFixed(DECIMALS);
    latitude.value = lat.toFixed(DECIMALS);
    longitude.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  };
  if (!fixed) {
    marker.on("dragend", () => write(marker.getLngLat()));
    map.on("click", (event) => write(event.lngLat));
    map.getCanvas().style.cursor = "crosshair";
  }
  longitude.addEventListener("input", show);
  latitude.addEventListener("input", show);
  show();
}

/** A text field with GeoJSON and a map of it. @param {HTMLElement} field */
function followShape(field) {
  const text = /** @type {HTMLTextAreaElement} */ (field.querySelector("textarea"));
  const map = openMap(container(field), { center: DISTRICT, zoom: 10.5 });
  const accent = colour("accent", "#1f5fa8");

  const show = () => {
    const shape = readShape(text.value);
    /** @type {import("maplibre-gl").GeoJSONSource} */ (map.getSource("shape")).setData(
      shape ?? { type: "FeatureCollection", features: [] },
    );
    const bounds = shape && boundsOf(shape);
    if (bounds) map.fitBounds(bounds, { padding: 24, maxZoom: 18, animate: false });
  };
  map.on("load", () => {
    map.addSource("shape", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({
      id: "shape-fill",
      type: "fill",
      source: "shape",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": accent, "fill-opacity": 0.2 },
    });
    map.addLayer({
      id: "shape-line",
      type: "line",
      source: "shape",
      paint: { "line-color": accent, "line-width": 2.5 },
    });
    show();
    text.addEventListener("input", show);
  });
}

/** GeoJSON as typed; null while it is none (WKT is read by the server). @param {string} text */
function readShape(text) {
  try {
    const found = JSON.parse(text);
    return typeof found === "object" && found && "type" in found ? found : null;
  } catch {
    return null;
  }
}

/** @param {any} shape any GeoJSON @returns {LngLatBounds | null} */
function boundsOf(shape) {
  const bounds = new LngLatBounds();
  /** @param {any} part */
  const visit = (part) => {
    if (Array.isArray(part) && typeof part[0] === "number") bounds.extend([part[0], part[1]]);
    else if (Array.isArray(part)) part.forEach(visit);
    else if (part && typeof part === "object")
      visit(part.coordinates ?? part.geometry ?? part.features ?? part.geometries);
  };
  visit(shape);
  return bounds.isEmpty() ? null : bounds;
}

/** @param {HTMLElement} field @returns {HTMLElement} */
function container(field) {
  return /** @type {HTMLElement} */ (field.querySelector(".geometry-map"));
}

for (const field of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-geometry]"))) {
  try {
    (field.dataset.geometry === "point" ? followPoint : followShape)(field);
  } catch (error) {
    // No WebGL: the typed fields do without a map.
    container(field).hidden = true;
    console.warn(error);
  }
}
