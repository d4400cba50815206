/** The map itself: MapLibre, what it shows, and what a hand on it means. The page decides what follows. */
import { AttributionControl, Map as MapLibre, ScaleControl } from "maplibre-gl";
import { connectBasemapMenu, showBasemapMenu } from "mapping/basemap/menu";
import { OWN_BASEMAP } from "mapping/basemap/style";
import { BAR_ORDER, conditionName } from "mapping/conditions";
import { config } from "web/config";
import { byId, el } from "web/dom";
import { number } from "web/format";
import { drawImage } from "mapping/map_images";
import { connectPins, isPressTaken, pressed } from "mapping/map_pin";
import { placeOf } from "mapping/map_point";
import { connectPrinting } from "mapping/map_print";
import { clickedWhileSelecting, connectSelection, isSelecting, showSelection } from "mapping/map_selection";
import { mapStyle } from "mapping/map_style";
import { RATES_UP_TO } from "mapping/style/areas";
import { readPalette } from "mapping/style/palette";
import { ASSETS_FROM, assetTiles, basemapOpacities } from "mapping/style/sources";
import { getJson, noConnection } from "web/server";
import { coveredBySheet, isPhone } from "mapping/sheet";
import { state } from "mapping/state";

const CLOSE_UP = 17;
const TOUCH = 9;
/** Pixels; symbols nearer to one another cover one another. */
const SPOT = 4;
/** As many as the panel of a spot lists. */
const MOST_ON_A_SPOT = 100;
const NEARLY = 0.2;
/** What the server says of tiles of a base map that is not the present one. */
const GONE = 410;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const scheme = matchMedia("(prefers-color-scheme: dark)");

/**
 * Told by page.js: what was pressed, what the pointer is over (`hover`: an asset's code), and what went wrong.
 * @type {{asset: (code: string) => void, support: (id: string) => void, spot: (codes: string[]) => void,
 *   hover: (code: string|null) => void, moved: () => void, problem: (problem: {message: string}) => void,
 *   lost: (loss: {for_good: boolean}|null) => void}}
 */
const on = {
  asset: () => {},
  support: () => {},
  spot: () => {},
  hover: () => {},
  moved: () => {},
  problem: () => {},
  lost: () => {},
};

/** @typedef {Error & {status?: number}} TileError what MapLibre makes of an answer that is no tile */

/** @type {MapLibre} */
let map;
let palette = readPalette();
/** What is marked on the map: at most one of each kind. */
const marks = new globalThis.Map();
/** Feature states of streets, kept for when the style is made anew. */
let streets = [];
/** What rooms that write lay over the map (`drawOver`), kept for when the style is made anew. */
const overlays = new globalThis.Map();
/** The point a flight is on its way to. */
let heading = "";
/** Whether the server is being asked for the present base map. */
let renewing = false;

/**
 * Makes the map.
 * @param {Partial<typeof on>} listeners
 */
export function connectMap(listeners) {
  Object.assign(on, listeners);
  try {
    makeMap();
  } catch {
    // Without WebGL there is no map; the list beside it holds the same.
    map = null;
    byId("map").setAttribute("aria-busy", "false");
    on.lost({ for_good: true });
  }
}

function makeMap() {
  map = new MapLibre({
    container: "map",
    style: mapStyle(palette, state.query),
    ...(state.view && { center: [state.view.lon, state.view.lat], zoom: state.view.zoom }),
    minZoom: 8,
    maxZoom: 19.5,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    fadeDuration: calm.matches ? 0 : 150,
    locale: { "Map.Title": gettext("Map of the publicity assets. The list beside it holds the same.") },
  });
  if (!state.view) goHome({ animate: false });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.setMissingStyleImageResolver(resolveImage);
  placeCreditAndScale();
  map.on("moveend", () => {
    heading = "";
    const { lng, lat } = map.getCenter();
    state.moved({ zoom: map.getZoom(), lat, lon: lng });
    showZoomLimits();
    on.moved();
  });
  map.on("dataloading", () => showBusy(true));
  map.on("idle", () => showBusy(false));
  map.on("error", (event) => {
    const { error, sourceId } = /** @type {{error?: TileError, sourceId?: string}} */ (/** @type {object} */ (event));
    if (sourceId === OWN_BASEMAP && error?.status === GONE) renewBasemap();
    else failed(error);
  });
  map.on("load", () => {
    drawMarks();
    showSelection();
    for (const id of overlays.keys()) layOver(id);
  });
  map.on("click", clicked);
  map.on("mousemove", hovered);
  map.on("mouseout", () => {
    on.hover(null);
    showTip(null);
  });
  scheme.addEventListener("change", redress);
  // MapLibre draws everything anew when the graphics come back by themselves; sometimes they do not.
  map.on("webglcontextlost", () => on.lost({ for_good: false }));
  map.on("webglcontextrestored", () => on.lost(null));
  connectButtons();
  connectSelection(map);
  connectPins(map);
  connectPrinting(map);
  connectBasemapMenu({ changed: redress, faded: fadeBasemap });
}

function fadeBasemap() {
  for (const [layer, property, value] of basemapOpacities(palette)) map.setPaintProperty(layer, property, value);
}

/** Another base map has been built while this page was open. */
async function renewBasemap() {
  if (renewing) return;
  renewing = true;
  const before = config.ownBasemap?.build;
  config.ownBasemap = await getJson(config.urls.basemap).catch(() => null);
  if (config.ownBasemap?.build !== before) {
    showBasemapMenu();
    redress();
  }
  renewing = false;
}

/** Asks for what lies on the map again; what has not changed is not sent again. */
export function refreshTiles() {
  for (const source of ["assets", "places"]) if (map?.getSource(source)) map.refreshTiles(source);
}

/**
 * A tile that fails says no more than its status; for these three the legend's own request gives the reason.
 * @param {TileError|undefined} error
 */
function failed(error) {
  showBusy(false);
  if (error?.name === "AbortError" || [400, 401, 403].includes(error?.status)) return;
  on.problem(error?.status ? { message: gettext("Part of the map could not be loaded.") } : noConnection());
}

function showBusy(busy) {
  byId("map-progress").hidden = !busy;
  byId("map").setAttribute("aria-busy", String(busy));
}

async function resolveImage(id) {
  if (map.hasImage(id)) return;
  const drawn = await drawImage(id, palette);
  if (drawn && !map.hasImage(id)) map.addImage(id, drawn.image, { pixelRatio: drawn.pixelRatio });
}

/** The reader's system has changed between light and dark, or another base map is wanted. */
function redress() {
  palette = readPalette();
  map.setStyle(mapStyle(palette, state.query));
  map.once("styledata", () => {
    showStreets(streets);
    drawMarks();
    showSelection();
    for (const id of overlays.keys()) layOver(id);
  });
}

/**
 * Lays something over the map, above areas and roads and below what is marked, or takes it away again.
 * @param {string} id of the source; its layers' ids begin with it
 * @param {import("maplibre-gl").SourceSpecification|null} source
 * @param {(palette: Record<string, string>, source: string) => import("maplibre-gl").LayerSpecification[]} layers
 * @param {{layer: string, open: (event: import("maplibre-gl").MapLayerMouseEvent) => void}} [pressed] of one of the layers
 */
export function drawOver(id, source, layers, pressed) {
  const listening = overlays.get(id)?.listening ?? false;
  overlays.set(id, { source, layers, pressed, listening });
  if (map?.isStyleLoaded() || map?.getSource("places")) layOver(id);
}

/** @param {string} id */
function layOver(id) {
  const overlay = overlays.get(id);
  const layers = overlay.layers(palette, id);
  for (const layer of layers) if (map.getLayer(layer.id)) map.removeLayer(layer.id);
  if (map.getSource(id)) map.removeSource(id);
  if (!overlay.source) return;
  map.addSource(id, overlay.source);
  const below = map.getStyle().layers.find((layer) => "source" in layer && layer.source === "assets")?.id;
  for (const layer of layers) map.addLayer(layer, below);
  if (!overlay.pressed || overlay.listening) return;
  overlay.listening = true;
  map.on("click", overlay.pressed.layer, overlay.pressed.open);
}

/** Shows only what the filter leaves. */
export function showFilter() {
  /** @type {import("maplibre-gl").VectorTileSource} */ (map?.getSource("assets"))?.setTiles(assetTiles(state.query));
  showSelection();
}

/**
 * Colours the streets by rate and brings the chosen ones forward.
 * @param {{code: string, rate: number|null, chosen: boolean, aside: boolean}[]} list
 */
export function showStreets(list) {
  streets = list;
  const apply = () => {
    for (const { code, ...shown } of streets)
      map.setFeatureState({ source: "places", sourceLayer: "areas", id: code }, shown);
  };
  if (!map) return;
  if (map.getSource("places")) apply();
  else map.once("styledata", apply);
}

/** Outlines a street while its row in the legend is under the pointer. @param {string} code @param {boolean} pointed */
export function pointStreet(code, pointed) {
  if (map?.getSource("places")) map.setFeatureState({ source: "places", sourceLayer: "areas", id: code }, { pointed });
}

/**
 * Marks a point, or takes the mark away.
 * @param {"pointed"|"selected"|"here"|"place"} kind
 * @param {{lon: number|string, lat: number|string, title?: string}|null} point
 */
export function mark(kind, point) {
  if (point)
    marks.set(kind, {
      type: "Feature",
      geometry: { type: "Point", coordinates: [Number(point.lon), Number(point.lat)] },
      properties: { kind, title: point.title ?? "" },
    });
  else marks.delete(kind);
  drawMarks();
}

const drawMarks = () =>
  /** @type {import("maplibre-gl").GeoJSONSource} */ (map?.getSource("focus"))?.setData({
    type: "FeatureCollection",
    features: [...marks.values()],
  });

/**
 * Brings a point into view; near enough already means that nothing moves.
 * @param {{lon: number|string, lat: number|string}} point @param {{close?: boolean}} [options] close: as near as needed to see one asset
 */
export function goTo(point, { close = false } = {}) {
  if (!map) return;
  /** @type {[number, number]} */
  const centre = [Number(point.lon), Number(point.lat)];
  const target = centre.map((degree) => degree.toFixed(5)).join();
  if (heading === target) return;
  const wanted = close ? Math.max(map.getZoom(), CLOSE_UP) : map.getZoom();
  if (wanted - map.getZoom() < 0.5 && isInSight(centre)) return;
  heading = target;
  map.easeTo({
    center: centre,
    zoom: wanted,
    offset: [0, -coveredBySheet() / 2],
    animate: !calm.matches,
    duration: 500,
  });
}

function isInSight(centre) {
  const { x, y } = map.project(centre);
  const { clientWidth, clientHeight } = map.getContainer();
  return x > 40 && y > 60 && x < clientWidth - 40 && y < clientHeight - 60 - coveredBySheet();
}

/** @param {[number, number, number, number]} bounds west, south, east, north */
export function goToBounds(bounds) {
  map?.fitBounds(bounds, { padding: homePadding(), maxZoom: CLOSE_UP, animate: !calm.matches, duration: 600 });
}

/**
 * The whole district. A zoom just below a whole number is rounded up to it, since cells come in whole zooms and the
 * finer ones tell more.
 */
export function goHome({ animate = !calm.matches } = {}) {
  const camera = map.cameraForBounds(config.bounds, { padding: homePadding() });
  const next = Math.ceil(camera.zoom);
  map.easeTo({ ...camera, zoom: next - camera.zoom < NEARLY ? next : camera.zoom, animate, duration: 600 });
}

/** "117.01,36.68": where the list's "nearest" is measured from. */
export const centre = () => {
  const [west, south, east, north] = config.bounds;
  const { lng, lat } = map?.getCenter() ?? { lng: (west + east) / 2, lat: (south + north) / 2 };
  return `${lng.toFixed(6)},${lat.toFixed(6)}`;
};

/** Whether the areas' colours can be seen at this zoom. */
export const showsRates = () => Boolean(map) && map.getZoom() < RATES_UP_TO;

/** The address says another view (back, forward). @param {{zoom: number, lat: number, lon: number}} view */
export const showView = (view) => map?.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });

/** The map has been shown again after the list had its place. */
export const resized = () => map?.resize();

const homePadding = () =>
  isPhone() ? { top: 60, right: 26, bottom: 90, left: 26 } : { top: 20, right: 60, bottom: 104, left: 28 };

function placeCreditAndScale() {
  // Both stand in the corner's own line of text, so they are made here and not in one of MapLibre's corners.
  byId("map-credit").append(new AttributionControl({ compact: false }).onAdd(map));
  byId("map-scale").append(new ScaleControl({ maxWidth: 80 }).onAdd(map));
}

/**
 * What lies about the pointer: the nearest asset first (of those on one point the one drawn on top), and those on the
 * same spot, which nobody could point at apart.
 */
function assetsAt(point) {
  if (map.getZoom() < ASSETS_FROM) return [];
  /** @type {[[number, number], [number, number]]} */
  const box = [
    [point.x - TOUCH, point.y - TOUCH],
    [point.x + TOUCH, point.y + TOUCH],
  ];
  const distance = (feature) => {
    const { x, y } = map.project(placeOf(feature));
    return Math.round(Math.hypot(x - point.x, y - point.y));
  };
  const found = map.queryRenderedFeatures(box, { layers: ["assets"] });
  const [nearest] = found.sort((a, b) => distance(a) - distance(b));
  if (!nearest) return [];
  const at = map.project(placeOf(nearest));
  const together = found.filter((feature) => {
    const { x, y } = map.project(placeOf(feature));
    return Math.hypot(x - at.x, y - at.y) <= SPOT;
  });
  // At the edge of a tile a feature comes twice.
  return [...new globalThis.Map(together.map((one) => [one.properties.code, one])).values()];
}

function cellAt(point) {
  return map.getZoom() < ASSETS_FROM ? map.queryRenderedFeatures(point, { layers: ["cells"] })[0] : null;
}

function clicked({ point, lngLat }) {
  if (isSelecting()) {
    clickedWhileSelecting(point, lngLat);
    return;
  }
  if (isPressTaken()) {
    pressed(lngLat);
    return;
  }
  const here = assetsAt(point);
  showTip(null);
  if (here.length) {
    const { code, support, faces } = here[0].properties;
    const onOneSupport = here.every(({ properties }) => properties.support === support);
    if (faces > 1 && support !== undefined && onOneSupport) on.support(String(support));
    else if (here.length > 1 && here.length <= MOST_ON_A_SPOT) on.spot(here.map(({ properties }) => properties.code));
    else on.asset(code);
    return;
  }
  const cell = cellAt(point);
  if (cell)
    map.easeTo({
      center: placeOf(cell),
      zoom: Math.min(map.getZoom() + 2, ASSETS_FROM + 1),
      animate: !calm.matches,
    });
  else if (map.getZoom() < ASSETS_FROM && isPhone()) map.easeTo({ center: lngLat, animate: !calm.matches });
}

function hovered({ point }) {
  if (isSelecting() || isPressTaken()) return;
  const here = assetsAt(point);
  const asset = here[0];
  const cell = asset ? null : cellAt(point);
  map.getCanvas().style.cursor = asset || cell ? "pointer" : "";
  on.hover(asset?.properties.code ?? null);
  showTip(asset ? assetWords(asset.properties, here.length) : cell ? cellWords(cell.properties, point) : null, point);
}

/** @param {{name?: string, code?: string, faces?: number}} asset @param {number} here how many lie on the spot */
const assetWords = ({ name, code, faces }, here) => [
  name,
  faces > 1 ? faceWords(faces) : here > 1 ? spotWords(here) : code,
];

const spotWords = (n) => interpolate(ngettext("%(n)s asset on this spot", "%(n)s assets on this spot", n), { n }, true);

const faceWords = (n) =>
  interpolate(ngettext("%(n)s face on this support", "%(n)s faces on this support", n), { n }, true);

/** What a ring's colours come to, in numbers. */
function cellWords(cell, point) {
  const [street] = map.queryRenderedFeatures(point, { layers: ["street-fill"] });
  const count = interpolate(ngettext("%(n)s asset", "%(n)s assets", cell.n), { n: number(cell.n) }, true);
  const parts = BAR_ORDER.filter((condition) => cell[condition]).map(
    (condition) => `${conditionName(condition)} ${number(cell[condition])}`,
  );
  return [street ? `${street.properties.name} · ${count}` : count, parts.join(" · ")];
}

const tip = byId("map-tip");

function showTip(words, point) {
  tip.hidden = !words || isPhone();
  if (tip.hidden) return;
  tip.replaceChildren(words[0], el("small", {}, words[1]));
  const { clientWidth } = map.getContainer();
  const left = point.x + 14 + tip.offsetWidth > clientWidth ? point.x - 14 - tip.offsetWidth : point.x + 14;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(point.y + 12)}px)`;
}

function connectButtons() {
  const gentle = () => ({ animate: !calm.matches });
  byId("zoom-in").addEventListener("click", () => map.zoomIn(gentle()));
  byId("zoom-out").addEventListener("click", () => map.zoomOut(gentle()));
  byId("zoom-home").addEventListener("click", () => goHome());
  byId("locate").addEventListener("click", locate);
  showZoomLimits();
}

function showZoomLimits() {
  byId("zoom-in", HTMLButtonElement).disabled = map.getZoom() >= map.getMaxZoom();
  byId("zoom-out", HTMLButtonElement).disabled = map.getZoom() <= map.getMinZoom();
}

function locate() {
  const button = byId("locate");
  if (!navigator.geolocation) {
    on.problem(new Error(gettext("This device gives no position.")));
    return;
  }
  button.setAttribute("aria-pressed", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const here = { lon: coords.longitude, lat: coords.latitude };
      mark("here", here);
      map.easeTo({
        center: [here.lon, here.lat],
        zoom: Math.max(map.getZoom(), CLOSE_UP - 1),
        animate: !calm.matches,
      });
      button.setAttribute("aria-pressed", "false");
    },
    () => {
      button.setAttribute("aria-pressed", "false");
      on.problem(new Error(gettext("Your position could not be found. Please allow it in the browser and try again.")));
    },
    { enableHighAccuracy: true, timeout: 15000 },
  );
}
