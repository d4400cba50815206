/** The map itself: MapLibre, what it shows, and what a hand on it means. The page decides what follows. */
import { AttributionControl, Map as MapLibre, ScaleControl } from "maplibre-gl";
import { connectBasemapMenu, showBasemapMenu } from "mapping/basemap/menu";
import { OWN_BASEMAP } from "mapping/basemap/style";
import { config } from "web/config";
import { byId } from "web/dom";
import { showBusy } from "mapping/map_busy";
import { drawImage } from "mapping/map_images";
import { connectButtons } from "mapping/map_buttons";
import { connectPins } from "mapping/map_pin";
import { connectPointing } from "mapping/map_pointing";
import { connectPrinting } from "mapping/map_print";
import { connectSelection, showSelection } from "mapping/map_selection";
import { mapStyle } from "mapping/map_style";
import { RATES_UP_TO } from "mapping/style/areas";
import { readPalette } from "mapping/style/palette";
import { assetTiles, basemapOpacities } from "mapping/style/sources";
import { getJson, noConnection } from "web/server";
import { coveredBySheet, isPhone } from "mapping/sheet";
import { state } from "mapping/state";

const CLOSE_UP = 17;
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

/** None without WebGL: the list beside it holds the same. @type {MapLibre|null} */
let map = null;
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
    map = makeMap();
  } catch {
    byId("map").setAttribute("aria-busy", "false");
    on.lost({ for_good: true });
  }
}

function makeMap() {
  const made = new MapLibre({
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
  if (!state.view) showWhole(made, opening(), false);
  made.touchZoomRotate.disableRotation();
  made.keyboard.disableRotation();
  made.setMissingStyleImageResolver(async (id) => {
    if (made.hasImage(id)) return;
    const drawn = await drawImage(id, palette);
    if (drawn && !made.hasImage(id)) made.addImage(id, drawn.image, { pixelRatio: drawn.pixelRatio });
  });
  placeCreditAndScale(made);
  made.on("moveend", () => {
    heading = "";
    const { lng, lat } = made.getCenter();
    state.moved({ zoom: made.getZoom(), lat, lon: lng });
    on.moved();
  });
  made.on("dataloading", () => showBusy(true));
  made.on("idle", () => showBusy(false));
  made.on("error", (event) => {
    const { error, sourceId } = /** @type {{error?: TileError, sourceId?: string}} */ (/** @type {object} */ (event));
    if (sourceId === OWN_BASEMAP && error?.status === GONE) renewBasemap(made);
    else failed(error);
  });
  made.on("load", () => {
    drawMarks();
    showSelection();
    for (const id of overlays.keys()) layOver(made, id);
  });
  const redressed = () => redress(made);
  scheme.addEventListener("change", redressed);
  // MapLibre draws everything anew when the graphics come back by themselves; sometimes they do not.
  made.on("webglcontextlost", () => on.lost({ for_good: false }));
  made.on("webglcontextrestored", () => on.lost(null));
  connectPointing(made, on);
  connectButtons(made, {
    home: () => showWhole(made, config.bounds, !calm.matches),
    here: (place) => mark("here", place),
    problem: on.problem,
  });
  connectSelection(made);
  connectPins(made);
  connectPrinting(made);
  connectBasemapMenu({ changed: redressed, faded: () => fadeBasemap(made) });
  return made;
}

/** @param {MapLibre} map */
function fadeBasemap(map) {
  for (const [layer, property, value] of basemapOpacities(palette)) map.setPaintProperty(layer, property, value);
}

/** Another base map has been built while this page was open. @param {MapLibre} map */
async function renewBasemap(map) {
  if (renewing) return;
  renewing = true;
  const before = config.ownBasemap?.build;
  config.ownBasemap = await getJson(config.urls.basemap).catch(() => null);
  if (config.ownBasemap?.build !== before) {
    showBasemapMenu();
    redress(map);
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
  if (error?.name === "AbortError" || [400, 401, 403].includes(error?.status ?? 0)) return;
  on.problem(error?.status ? { message: gettext("Part of the map could not be loaded.") } : noConnection());
}

/** The reader's system has changed between light and dark, or another base map is wanted. @param {MapLibre} map */
function redress(map) {
  palette = readPalette();
  map.setStyle(mapStyle(palette, state.query));
  map.once("styledata", () => {
    showStreets(streets);
    drawMarks();
    showSelection();
    for (const id of overlays.keys()) layOver(map, id);
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
  if (map && (map.isStyleLoaded() || map.getSource("places"))) layOver(map, id);
}

/** @param {MapLibre} map @param {string} id */
function layOver(map, id) {
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
  const drawn = map;
  if (!drawn) return;
  const apply = () => {
    for (const { code, ...shown } of streets)
      drawn.setFeatureState({ source: "places", sourceLayer: "areas", id: code }, shown);
  };
  if (drawn.getSource("places")) apply();
  else drawn.once("styledata", apply);
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
  if (wanted - map.getZoom() < 0.5 && isInSight(map, centre)) return;
  heading = target;
  map.easeTo({
    center: centre,
    zoom: wanted,
    offset: [0, -coveredBySheet() / 2],
    animate: !calm.matches,
    duration: 500,
  });
}

/** @param {MapLibre} map @param {[number, number]} centre */
function isInSight(map, centre) {
  const { x, y } = map.project(centre);
  const { clientWidth, clientHeight } = map.getContainer();
  return x > 40 && y > 60 && x < clientWidth - 40 && y < clientHeight - 60 - coveredBySheet();
}

/** @param {[number, number, number, number]} bounds west, south, east, north */
export function goToBounds(bounds) {
  map?.fitBounds(bounds, { padding: homePadding(), maxZoom: CLOSE_UP, animate: !calm.matches, duration: 600 });
}

/** What a page without a view in its address begins with: what it is filtered by, or the reader's own areas. */
const opening = () => config.opening ?? config.bounds;

/**
 * The whole of a rectangle. A zoom just below a whole number is rounded up to it, since cells come in whole zooms and
 * the finer ones tell more.
 * @param {MapLibre} map @param {[number, number, number, number]} bounds @param {boolean} animate
 */
function showWhole(map, bounds, animate) {
  const nearest = { maxZoom: CLOSE_UP };
  // Where the buttons leave no room between them (a window of a few lines), the rectangle lies beneath them.
  const camera =
    map.cameraForBounds(bounds, { ...nearest, padding: homePadding() }) ?? map.cameraForBounds(bounds, nearest);
  if (camera?.zoom === undefined) return;
  const next = Math.ceil(camera.zoom);
  map.easeTo({ ...camera, zoom: next - camera.zoom < NEARLY ? next : camera.zoom, animate, duration: 600 });
}

/** "117.01,36.68": where the list's "nearest" is measured from. */
export const centre = () => {
  const [west, south, east, north] = opening();
  const { lng, lat } = map?.getCenter() ?? { lng: (west + east) / 2, lat: (south + north) / 2 };
  return `${lng.toFixed(6)},${lat.toFixed(6)}`;
};

/** Whether the areas' colours can be seen at this zoom. */
export const showsRates = () => map !== null && map.getZoom() < RATES_UP_TO;

/** The address says another view (back, forward). @param {{zoom: number, lat: number, lon: number}} view */
export const showView = (view) => map?.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });

/** The map has been shown again after the list had its place. */
export const resized = () => map?.resize();

const homePadding = () =>
  isPhone() ? { top: 60, right: 26, bottom: 90, left: 26 } : { top: 20, right: 60, bottom: 104, left: 28 };

/** @param {MapLibre} map */
function placeCreditAndScale(map) {
  // Both stand in the corner's own line of text, so they are made here and not in one of MapLibre's corners.
  byId("map-credit").append(new AttributionControl({ compact: false }).onAdd(map));
  byId("map-scale").append(new ScaleControl({ maxWidth: 80 }).onAdd(map));
}
