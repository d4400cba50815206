/** The map of the cases itself: where it looks, how it is dressed, what is pressed on it. `page.js` says what it shows. */
import { AttributionControl, Map as MapLibre, ScaleControl } from "maplibre-gl";
import { caseStyle, caseTiles } from "cases/map/layers";
import { drawCase, lampColours } from "cases/map/pictures";
import { showBusy } from "mapping/map_busy";
import { drawImage } from "mapping/map_images";
import { boxAround } from "mapping/map_point";
import { isPhone } from "mapping/sheet";
import { readPalette } from "mapping/style/palette";
import { ASSETS_FROM } from "mapping/style/sources";
import { config } from "web/config";
import { byId } from "web/dom";

const CLOSE_UP = 17;
const TOUCH = 8;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const scheme = matchMedia("(prefers-color-scheme: dark)");

/**
 * What the map is to show at this moment.
 * @typedef {{query: string, both: boolean, opened: {code: string, lon: number, lat: number}|null}} Shown
 */

/**
 * Makes the map in #map.
 * @param {string} tiles where the cases' tiles are
 * @param {() => Shown} shown
 * @param {{open: (code: string) => void, moved: () => void}} listeners a case was pressed; the view is another
 * @throws where the browser cannot draw it (no WebGL)
 */
export function makeCaseMap(tiles, shown, { open, moved }) {
  let palette = readPalette();
  let lamps = lampColours();
  const style = () => caseStyle(palette, lamps, { tiles, query: shown().query, both: shown().both });
  const view = readView();
  const map = new MapLibre({
    container: "map",
    style: style(),
    ...(view && { center: [view.lon, view.lat], zoom: view.zoom }),
    minZoom: 8,
    maxZoom: 19.5,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    locale: { "Map.Title": gettext("Map of the cases. The list beside it holds the same.") },
  });
  const goTo = (/** @type {[number, number, number, number]} */ bounds, /** @type {boolean} */ animate) =>
    map.fitBounds(bounds, { padding: isPhone() ? 30 : 50, maxZoom: CLOSE_UP, animate, duration: 600 });

  /** The open case is marked. */
  const markOpened = () => {
    const { opened } = shown();
    const focus = /** @type {import("maplibre-gl").GeoJSONSource|undefined} */ (map.getSource("focus"));
    focus?.setData({
      type: "FeatureCollection",
      features: opened
        ? [
            {
              type: "Feature",
              geometry: { type: "Point", coordinates: [opened.lon, opened.lat] },
              properties: { kind: "selected", title: "" },
            },
          ]
        : [],
    });
  };
  const dress = () => {
    map.setStyle(style());
    map.once("styledata", markOpened);
  };

  if (!view) goTo(config.opening ?? config.bounds, false);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.setMissingStyleImageResolver(async (id) => {
    if (map.hasImage(id)) return;
    const drawn = drawCase(id, lamps) ?? (await drawImage(id, palette));
    if (drawn && !map.hasImage(id)) map.addImage(id, drawn.image, { pixelRatio: drawn.pixelRatio });
  });
  byId("map-credit").append(new AttributionControl({ compact: false }).onAdd(map));
  byId("map-scale").append(new ScaleControl({ maxWidth: 80 }).onAdd(map));
  map.on("dataloading", () => showBusy(true));
  map.on("idle", () => showBusy(false));
  map.on("moveend", moved);
  map.on("load", markOpened);
  map.on("click", ({ point }) => {
    const here = caseAt(map, point);
    if (here) open(here.properties.code);
    else if (cellAt(map, point))
      map.easeTo({
        center: map.unproject(point),
        zoom: Math.min(map.getZoom() + 2, ASSETS_FROM + 1),
        animate: !calm.matches,
      });
  });
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = caseAt(map, point) || cellAt(map, point) ? "pointer" : "";
  });
  scheme.addEventListener("change", () => {
    palette = readPalette();
    lamps = lampColours();
    dress();
  });
  byId("zoom-in").addEventListener("click", () => map.zoomIn({ animate: !calm.matches }));
  byId("zoom-out").addEventListener("click", () => map.zoomOut({ animate: !calm.matches }));
  byId("zoom-home").addEventListener("click", () => goTo(config.bounds, !calm.matches));

  return {
    dress,
    markOpened,
    /** The view as an address has it. */
    view() {
      const { lng, lat } = map.getCenter();
      return `${map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
    },
    /** Another filter: its tiles. */
    refilter() {
      const source = /** @type {import("maplibre-gl").VectorTileSource|undefined} */ (map.getSource("cases"));
      source?.setTiles(caseTiles(tiles, shown().query));
    },
    /** The open case comes into view when it is out of it. */
    bringIntoView() {
      const { opened } = shown();
      if (!opened) return;
      /** @type {[number, number]} */
      const centre = [opened.lon, opened.lat];
      if (map.getZoom() >= ASSETS_FROM && map.getBounds().contains(centre)) return;
      map.easeTo({ center: centre, zoom: Math.max(map.getZoom(), CLOSE_UP), animate: !calm.matches, duration: 500 });
    },
    /** Asks for the cases anew. */
    refresh() {
      if (map.getSource("cases")) map.refreshTiles("cases");
    },
  };
}

/** @typedef {import("maplibre-gl").Point} Point */

/** The case on top under a finger. @param {MapLibre} map @param {Point} point */
const caseAt = (map, point) =>
  map.getZoom() < ASSETS_FROM ? null : map.queryRenderedFeatures(boxAround(point, TOUCH), { layers: ["cases"] })[0];

/** @param {MapLibre} map @param {Point} point */
const cellAt = (map, point) =>
  map.getZoom() < ASSETS_FROM
    ? map.queryRenderedFeatures(boxAround(point, TOUCH), { layers: ["case-cells"] })[0]
    : null;

/** The view that the address asks for. */
function readView() {
  const place = location.hash
    .slice(1)
    .split("&")
    .find((part) => part.includes("/"));
  const [zoom, lat, lon] = (place ?? "").split("/").map(Number);
  return [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85 ? { zoom, lat, lon } : null;
}
