/** What a pointer on the map means: what lies under it, the words beside it, and whom a press is for. */
import { BAR_ORDER, conditionName } from "mapping/conditions";
import { isPressTaken, pressed } from "mapping/map_pin";
import { boxAround, placeOf } from "mapping/map_point";
import { clickedWhileSelecting, isSelecting } from "mapping/map_selection";
import { isPhone } from "mapping/sheet";
import { ASSETS_FROM } from "mapping/style/sources";
import { byId, el } from "web/dom";
import { number } from "web/format";

/** @typedef {import("maplibre-gl").Map} MapLibre */
/** @typedef {import("maplibre-gl").Point} Point */

const TOUCH = 9;
/** Pixels; symbols nearer to one another cover one another. */
const SPOT = 4;
/** As many as the panel of a spot lists. */
const MOST_ON_A_SPOT = 100;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * What lies about the pointer: the nearest asset first (of those on one point the one drawn on top), and those on the
 * same spot, which nobody could point at apart.
 * @param {MapLibre} map @param {Point} point
 */
function assetsAt(map, point) {
  if (map.getZoom() < ASSETS_FROM) return [];
  const distance = (feature) => {
    const { x, y } = map.project(placeOf(feature));
    return Math.round(Math.hypot(x - point.x, y - point.y));
  };
  const found = map.queryRenderedFeatures(boxAround(point, TOUCH), { layers: ["assets"] });
  const [nearest] = found.sort((a, b) => distance(a) - distance(b));
  if (!nearest) return [];
  const at = map.project(placeOf(nearest));
  const together = found.filter((feature) => {
    const { x, y } = map.project(placeOf(feature));
    return Math.hypot(x - at.x, y - at.y) <= SPOT;
  });
  // At the edge of a tile a feature comes twice.
  return [...new Map(together.map((feature) => [feature.properties.code, feature])).values()];
}

/** @param {MapLibre} map @param {Point} point */
function cellAt(map, point) {
  return map.getZoom() < ASSETS_FROM ? map.queryRenderedFeatures(point, { layers: ["cells"] })[0] : null;
}

/**
 * Has presses on the map, and a pointer over it, followed by what `on` says.
 * @param {MapLibre} map
 * @param {{asset: (code: string) => void, support: (id: string) => void, spot: (codes: string[]) => void,
 *   hover: (code: string|null) => void}} on
 */
export function connectPointing(map, on) {
  map.on("click", (event) => clicked(map, event, on));
  map.on("mousemove", ({ point }) => {
    if (isSelecting() || isPressTaken()) return;
    const here = assetsAt(map, point);
    const asset = here[0];
    const cell = asset ? null : cellAt(map, point);
    map.getCanvas().style.cursor = asset || cell ? "pointer" : "";
    on.hover(asset?.properties.code ?? null);
    if (asset) showTip(map, assetWords(asset.properties, here.length), point);
    else if (cell) showTip(map, cellWords(map, cell.properties, point), point);
    else hideTip();
  });
  map.on("mouseout", () => {
    on.hover(null);
    hideTip();
  });
}

/** @param {MapLibre} map @param {import("maplibre-gl").MapMouseEvent} event @param {Parameters<typeof connectPointing>[1]} on */
function clicked(map, { point, lngLat }, on) {
  if (isSelecting()) {
    clickedWhileSelecting(point, lngLat);
    return;
  }
  if (isPressTaken()) {
    pressed(lngLat);
    return;
  }
  const here = assetsAt(map, point);
  hideTip();
  if (here.length) {
    const { code, support, faces } = here[0].properties;
    const onOneSupport = here.every(({ properties }) => properties.support === support);
    if (faces > 1 && support !== undefined && onOneSupport) on.support(String(support));
    else if (here.length > 1 && here.length <= MOST_ON_A_SPOT) on.spot(here.map(({ properties }) => properties.code));
    else on.asset(code);
    return;
  }
  const cell = cellAt(map, point);
  if (cell)
    map.easeTo({
      center: placeOf(cell),
      zoom: Math.min(map.getZoom() + 2, ASSETS_FROM + 1),
      animate: !calm.matches,
    });
  else if (map.getZoom() < ASSETS_FROM && isPhone()) map.easeTo({ center: lngLat, animate: !calm.matches });
}

/** @param {{name?: string, code?: string, faces?: number}} asset @param {number} here how many lie on the spot */
const assetWords = ({ name, code, faces = 1 }, here) => [
  name,
  faces > 1 ? faceWords(faces) : here > 1 ? spotWords(here) : code,
];

const spotWords = (n) => interpolate(ngettext("%(n)s asset on this spot", "%(n)s assets on this spot", n), { n }, true);

const faceWords = (n) =>
  interpolate(ngettext("%(n)s face on this support", "%(n)s faces on this support", n), { n }, true);

/** What a ring's colours come to, in numbers. */
function cellWords(map, cell, point) {
  const [street] = map.queryRenderedFeatures(point, { layers: ["street-fill"] });
  const count = interpolate(ngettext("%(n)s asset", "%(n)s assets", cell.n), { n: number(cell.n) }, true);
  const parts = BAR_ORDER.filter((condition) => cell[condition]).map(
    (condition) => `${conditionName(condition)} ${number(cell[condition])}`,
  );
  return [street ? `${street.properties.name} · ${count}` : count, parts.join(" · ")];
}

const tip = byId("map-tip");

/** @param {MapLibre} map @param {(string|undefined)[]} words @param {Point} point */
function showTip(map, [title, words], point) {
  tip.hidden = isPhone();
  if (tip.hidden) return;
  tip.replaceChildren(title ?? "", el("small", {}, words));
  const { clientWidth } = map.getContainer();
  const left = point.x + 14 + tip.offsetWidth > clientWidth ? point.x - 14 - tip.offsetWidth : point.x + 14;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(point.y + 12)}px)`;
}

function hideTip() {
  tip.hidden = true;
}
