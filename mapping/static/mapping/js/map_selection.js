/**
 * Choosing on the map: a rectangle, a polygon, or assets picked one by one. What is chosen becomes part of the one
 * filter (`bbox`, `within`, `asset`), so that list, counts, exports, jobs and plates all mean the same assets.
 */
import { byId, dataOf, every, targetOf } from "web/dom";
import { number } from "web/format";
import { boxAround, placeOf } from "mapping/map_point";
import { ASSETS_FROM } from "mapping/style/sources";
import { state } from "mapping/state";

const DIGITS = 6; // of degrees: a decimetre
const MOST_PICKED = 200; // what the filter takes
const MOST_CORNERS = 100;
const SMALLEST = 6; // pixels: a press that hardly moved draws nothing
const TOUCH = 9;

/** @typedef {[lon: number, lat: number]} Corner */

/** @type {import("maplibre-gl").Map} */
let map;
/** @type {null|"rectangle"|"polygon"|"pick"} */
let tool = null;
/** Corners of the polygon so far. @type {Corner[]} */
let corners = [];
/** Code → [lon, lat] of what is picked. @type {Map<string, Corner>} */
const picked = new Map();
/** The rectangle being drawn: where it began and where it is, [lon, lat]. @type {[Corner, Corner]|null} */
let dragged = null;

export const isSelecting = () => tool !== null;
export const isPicking = () => tool === "pick";

/** @param {import("maplibre-gl").Map} made */
export function connectSelection(made) {
  map = made;
  for (const button of every("[data-select]")) button.addEventListener("click", () => begin(button.dataset.select));
  byId("selection-cancel").addEventListener("click", end);
  byId("selection-done").addEventListener("click", finish);
  map.getCanvasContainer().addEventListener("pointerdown", startDragging);
  map.on("dblclick", (event) => {
    if (tool !== "polygon") return;
    event.preventDefault();
    finish();
  });
  // Before the page's own keys: while one chooses, Escape only ends the choosing.
  document.addEventListener(
    "keydown",
    (event) => {
      if (!tool || targetOf(event).closest("input, select, textarea")) return;
      if (event.key === "Escape") end();
      else if (event.key === "Enter" && tool === "polygon") finish();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
}

function begin(wanted) {
  end();
  tool = wanted;
  corners = [];
  picked.clear();
  if (tool === "rectangle") {
    map.dragPan.disable();
    map.boxZoom.disable();
  }
  if (tool === "polygon") map.doubleClickZoom.disable();
  map.getCanvas().style.cursor = tool === "pick" ? "pointer" : "crosshair";
  if (tool === "pick" && map.getZoom() < ASSETS_FROM) map.easeTo({ zoom: ASSETS_FROM, duration: 400 });
  show();
}

function end() {
  tool = null;
  dragged = null;
  map.dragPan.enable();
  map.boxZoom.enable();
  map.doubleClickZoom.enable();
  map.getCanvas().style.cursor = "";
  show();
}

/** Puts what was chosen into the filter, in the place of an earlier choice. */
function finish() {
  if (!ready()) return;
  const degrees = (point) => point.map((value) => value.toFixed(DIGITS)).join();
  const values = {
    bbox: () => (dragged ? [[southWest(dragged), northEast(dragged)].map(degrees).join()] : []),
    within: () => [corners.map(degrees).join()],
    asset: () => [...picked.keys()],
  };
  const name = { rectangle: "bbox", polygon: "within", pick: "asset" }[tool];
  let { filter } = state;
  for (const other of ["bbox", "within", "asset"]) filter = filter.without(other);
  filter = filter.with(name, values[name]());
  end();
  state.update({ filter });
}

function ready() {
  if (tool === "polygon") return corners.length >= 3;
  if (tool === "pick") return picked.size > 0;
  return Boolean(dragged);
}

/** @param {[Corner, Corner]} dragged @returns {Corner} */
const southWest = ([a, b]) => [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
/** @param {[Corner, Corner]} dragged @returns {Corner} */
const northEast = ([a, b]) => [Math.max(a[0], b[0]), Math.max(a[1], b[1])];

/** The page's clicks while one chooses. */
export function clickedWhileSelecting(point, { lng, lat }) {
  if (tool === "pick") pickAt(point);
  if (tool !== "polygon" || corners.length >= MOST_CORNERS) return;
  const last = corners.at(-1);
  const at = last && map.project(last);
  // The second press of a double one adds no corner.
  if (at && Math.hypot(at.x - point.x, at.y - point.y) < SMALLEST) return;
  corners.push([lng, lat]);
  show();
}

/** All assets on the spot nearest to a press: the faces of a support are picked together. */
function pickAt(point) {
  const found = map.queryRenderedFeatures(boxAround(point, TOUCH), { layers: ["assets"] });
  const away = (feature) => {
    const at = map.project(placeOf(feature));
    return Math.hypot(at.x - point.x, at.y - point.y);
  };
  const [nearest] = found.sort((a, b) => away(a) - away(b));
  if (!nearest) return;
  const spot = placeOf(nearest).join();
  const there = found.filter((feature) => placeOf(feature).join() === spot);
  const codes = new Set(there.map(({ properties }) => properties.code));
  const all = [...codes].every((code) => picked.has(code));
  for (const code of codes) {
    if (all) picked.delete(code);
    else if (picked.size < MOST_PICKED) picked.set(code, placeOf(nearest));
  }
  show();
}

/** A row of the list instead of a symbol on the map. @param {{code: string, lon: number, lat: number}} row */
export function pickRow(row) {
  if (picked.has(row.code)) picked.delete(row.code);
  else if (picked.size < MOST_PICKED) picked.set(row.code, [row.lon, row.lat]);
  show();
}

function startDragging(event) {
  if (tool !== "rectangle" || event.button !== 0) return;
  const from = place(event);
  const begun = { x: event.clientX, y: event.clientY };
  const move = (moved) => {
    dragged = [from, place(moved)];
    showSelection();
  };
  const up = (last) => {
    removeEventListener("pointermove", move);
    const far = Math.hypot(last.clientX - begun.x, last.clientY - begun.y) >= SMALLEST;
    dragged = far ? [from, place(last)] : null;
    if (far) finish();
    else showSelection();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up, { once: true });
}

/** @returns {Corner} */
function place({ clientX, clientY }) {
  const frame = map.getContainer().getBoundingClientRect();
  const { lng, lat } = map.unproject([clientX - frame.left, clientY - frame.top]);
  return [lng, lat];
}

function show() {
  const hint = byId("selection-hint");
  hint.hidden = !tool;
  document.body.classList.toggle("picking", tool === "pick");
  byId("selection-done").hidden = tool === "rectangle";
  byId("selection-done", HTMLButtonElement).disabled = !ready();
  byId("selection-words").textContent = words();
  for (const link of every(".result[data-code]"))
    link.classList.toggle("picked", tool === "pick" && picked.has(dataOf(link, "code")));
  showSelection();
}

function words() {
  if (tool === "rectangle") return gettext("Draw a rectangle over the assets.");
  if (tool === "polygon") return gettext("Press each corner of the area; a double press ends it.");
  if (picked.size >= MOST_PICKED)
    return interpolate(gettext("%(n)s picked, more are not possible."), { n: number(picked.size) }, true);
  return picked.size
    ? interpolate(ngettext("%(n)s picked", "%(n)s picked", picked.size), { n: number(picked.size) }, true)
    : gettext("Press the assets on the map or in the list.");
}

/** Draws what is being chosen, or else the area that the filter has. */
export function showSelection() {
  /** @type {import("maplibre-gl").GeoJSONSource} */ (map?.getSource("selection"))?.setData({
    type: "FeatureCollection",
    features: tool ? underway() : settled(),
  });
}

function underway() {
  if (dragged) return [polygon(around(southWest(dragged), northEast(dragged)))];
  const points = tool === "pick" ? [...picked.values()] : corners;
  const features = points.map((coordinates) => feature({ type: "Point", coordinates }, { corner: tool === "polygon" }));
  if (corners.length === 2 && tool === "polygon") features.push(feature({ type: "LineString", coordinates: corners }));
  if (corners.length > 2 && tool === "polygon") features.push(polygon(corners));
  return features;
}

function settled() {
  const [bbox] = state.filter.get("bbox");
  const [within] = state.filter.get("within");
  if (within) {
    const numbers = within.split(",").map(Number);
    /** @type {Corner[]} */
    const ring = [];
    for (let at = 0; at + 1 < numbers.length; at += 2) ring.push([numbers[at], numbers[at + 1]]);
    return [polygon(ring)];
  }
  if (!bbox) return [];
  const [west, south, east, north] = bbox.split(",").map(Number);
  return [polygon(around([west, south], [east, north]))];
}

/** @param {Corner} southWest @param {Corner} northEast @returns {Corner[]} */
const around = ([west, south], [east, north]) => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
];
/** @param {Corner[]} ring */
const polygon = (ring) => feature({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
/** @param {GeoJSON.Geometry} geometry @param {GeoJSON.GeoJsonProperties} [properties] @returns {GeoJSON.Feature} */
const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });
