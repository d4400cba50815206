/**
 * The map of cases. The server renders legend, list and panel under one address; this draws the map of the same filter,
 * and when the address changes fetches it and exchanges the parts that are marked `data-part`.
 */
import "web/menus";
import { caseStyle, caseTiles } from "cases/map/layers";
import { drawCase, lampColours } from "cases/map/pictures";
import { AttributionControl, Map as MapLibre, ScaleControl } from "maplibre-gl";
import { config } from "web/config";
import { byId, every, targetOf } from "web/dom";
import { drawImage } from "mapping/map_images";
import { readPalette } from "mapping/style/palette";
import { ASSETS_FROM } from "mapping/style/sources";
import { noConnection } from "web/server";
import { connectSheets, isPhone, openSheet } from "mapping/sheet";

const CLOSE_UP = 17;
const TOUCH = 8;
const REFRESH_MINUTES = 5;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const scheme = matchMedia("(prefers-color-scheme: dark)");
const main = byId("main");
/** Where tiles are, and the address of one case with a gap for its number. @type {{tiles: string, one: string}} */
const addresses = /** @type {any} */ (config).cases;

let palette = readPalette();
let lamps = lampColours();
let both = location.hash.includes("both");
/** @type {MapLibre|null} */
let map = null;
/** @type {AbortController|null} */
let asking = null;

/* The map -------------------------------------------------------------------------------------------------------- */

const style = () => caseStyle(palette, lamps, { tiles: addresses.tiles, query: main.dataset.query, both });

function makeMap() {
  const view = readView();
  map = new MapLibre({
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
  if (!view) goHome(false);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.setMissingStyleImageResolver(resolveImage);
  byId("map-credit").append(new AttributionControl({ compact: false }).onAdd(map));
  byId("map-scale").append(new ScaleControl({ maxWidth: 80 }).onAdd(map));
  map.on("dataloading", () => showBusy(true));
  map.on("idle", () => showBusy(false));
  map.on("moveend", () => history.replaceState(history.state, "", location.pathname + location.search + hash()));
  map.on("load", markOpened);
  map.on("click", ({ point }) => clicked(point));
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = caseAt(point) || cellAt(point) ? "pointer" : "";
  });
  scheme.addEventListener("change", redress);
  byId("zoom-in").addEventListener("click", () => map.zoomIn({ animate: !calm.matches }));
  byId("zoom-out").addEventListener("click", () => map.zoomOut({ animate: !calm.matches }));
  byId("zoom-home").addEventListener("click", () => goHome(!calm.matches));
}

async function resolveImage(id) {
  if (map.hasImage(id)) return;
  const drawn = drawCase(id, lamps) ?? (await drawImage(id, palette));
  if (drawn && !map.hasImage(id)) map.addImage(id, drawn.image, { pixelRatio: drawn.pixelRatio });
}

function redress() {
  palette = readPalette();
  lamps = lampColours();
  map.setStyle(style());
  map.once("styledata", markOpened);
}

function showBusy(busy) {
  byId("map-progress").hidden = !busy;
  byId("map").setAttribute("aria-busy", String(busy));
}

const goHome = (animate) => map.fitBounds(config.bounds, { padding: isPhone() ? 30 : 50, animate, duration: 600 });

const around = (point) =>
  /** @type {[[number, number], [number, number]]} */ ([
    [point.x - TOUCH, point.y - TOUCH],
    [point.x + TOUCH, point.y + TOUCH],
  ]);

/** The case on top under a finger. */
const caseAt = (point) =>
  map.getZoom() < ASSETS_FROM ? null : map.queryRenderedFeatures(around(point), { layers: ["cases"] })[0];

const cellAt = (point) =>
  map.getZoom() < ASSETS_FROM ? map.queryRenderedFeatures(around(point), { layers: ["case-cells"] })[0] : null;

function clicked(point) {
  const here = caseAt(point);
  if (here) {
    go(addresses.one.replace("{code}", encodeURIComponent(here.properties.code)) + asSearch(main.dataset.query));
    return;
  }
  if (cellAt(point)) {
    map.easeTo({
      center: map.unproject(point),
      zoom: Math.min(map.getZoom() + 2, ASSETS_FROM + 1),
      animate: !calm.matches,
    });
  }
}

/** The open case is marked, and brought into view when it is out of it. */
function markOpened() {
  const { lon, lat, code } = main.dataset;
  const focus = /** @type {import("maplibre-gl").GeoJSONSource|undefined} */ (map?.getSource("focus"));
  focus?.setData({
    type: "FeatureCollection",
    features: code
      ? [
          {
            type: "Feature",
            geometry: { type: "Point", coordinates: [Number(lon), Number(lat)] },
            properties: { kind: "selected", title: "" },
          },
        ]
      : [],
  });
}

function bringIntoView() {
  const { lon, lat, code } = main.dataset;
  if (!map || !code) return;
  /** @type {[number, number]} */
  const centre = [Number(lon), Number(lat)];
  if (map.getZoom() >= ASSETS_FROM && map.getBounds().contains(centre)) return;
  map.easeTo({ center: centre, zoom: Math.max(map.getZoom(), CLOSE_UP), animate: !calm.matches, duration: 500 });
}

/* Addresses ------------------------------------------------------------------------------------------------------ */

const asSearch = (query) => (query ? `?${query}` : "");

function readView() {
  const place = location.hash
    .slice(1)
    .split("&")
    .find((part) => part.includes("/"));
  const [zoom, lat, lon] = (place ?? "").split("/").map(Number);
  return [zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85 ? { zoom, lat, lon } : null;
}

const viewOfHash = () => {
  const { lng, lat } = map.getCenter();
  return `${map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
};

const hash = () => `#${[...(map ? [viewOfHash()] : []), ...(both ? ["both"] : [])].join("&")}`;

/**
 * Goes to another address of this page.
 * @param {string} url path and query string @param {{push?: boolean}} [options]
 */
async function go(url, { push = true } = {}) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const response = await fetch(url, { signal, headers: { Accept: "text/html" }, credentials: "same-origin" });
    const text = await response.text();
    const parsed = new DOMParser().parseFromString(text, "text/html");
    const fresh = parsed.getElementById("main");
    if (!response.ok || !fresh?.dataset.side) {
      // Signed out, or an address that means nothing: the server's own page says so.
      location.assign(url);
      return;
    }
    if (push) history.pushState(null, "", url + hash());
    exchange(parsed, fresh);
  } catch (error) {
    if (error.name !== "AbortError") showProblem(noConnection().message);
  }
}

/** @param {Document} parsed @param {HTMLElement} fresh */
function exchange(parsed, fresh) {
  for (const part of every("[data-part]")) {
    const other = parsed.getElementById(part.id);
    if (other) part.replaceChildren(...[...other.childNodes].map((node) => document.adoptNode(node)));
  }
  const filtered = main.dataset.query !== fresh.dataset.query;
  for (const name of ["side", "query", "code", "lon", "lat"]) {
    if (fresh.dataset[name] === undefined) delete main.dataset[name];
    else main.dataset[name] = fresh.dataset[name];
  }
  byId("detail").hidden = !main.dataset.code;
  byId("case-back").setAttribute("href", parsed.getElementById("case-back").getAttribute("href"));
  byId("search").replaceWith(document.adoptNode(parsed.getElementById("search")));
  document.title = parsed.title;
  byId("problem").hidden = true;
  byId("announcer").textContent = byId("case-count").querySelector(".results-count").textContent.trim();
  const tiles = /** @type {import("maplibre-gl").VectorTileSource|undefined} */ (map?.getSource("cases"));
  if (filtered) tiles?.setTiles(caseTiles(addresses.tiles, main.dataset.query));
  markOpened();
  if (main.dataset.code) {
    bringIntoView();
    if (isPhone()) openSheet("detail");
    else byId("detail").focus({ preventScroll: true });
  }
}

function showProblem(words) {
  const box = byId("problem");
  box.textContent = words;
  box.hidden = false;
}

/* Hands and keys ------------------------------------------------------------------------------------------------- */

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
    return;
  const link = /** @type {HTMLAnchorElement|null} */ (targetOf(event).closest("a[data-stay]"));
  if (!link) return;
  event.preventDefault();
  go(link.pathname + link.search);
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("form[data-stay]")) return;
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.set(name, String(value));
  go(new URL(form.action).pathname + asSearch(query.toString()));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !main.dataset.code || event.defaultPrevented) return;
  byId("case-back").click();
});

addEventListener("popstate", () => go(location.pathname + location.search, { push: false }));

for (const link of every(".map-switch a")) {
  link.addEventListener("click", (event) => {
    if (link.dataset.show === "assets") {
      if (map) link.setAttribute("href", `${link.getAttribute("href").split("#")[0]}#${viewOfHash()}`);
      return;
    }
    event.preventDefault();
    both = link.dataset.show === "both";
    showSwitch();
    history.replaceState(history.state, "", location.pathname + location.search + hash());
    map?.setStyle(style());
    map?.once("styledata", markOpened);
  });
}

function showSwitch() {
  const current = both ? "both" : "cases";
  for (const link of every(".map-switch a")) link.setAttribute("aria-current", String(link.dataset.show === current));
}

connectSheets({
  open: (name) => openSheet(name),
  close: (name) => {
    openSheet("none");
    if (name === "detail") byId("case-back").click();
  },
});

showSwitch();
try {
  makeMap();
} catch {
  // Without WebGL there is no map; the list beside it holds the same.
  map = null;
  byId("map").setAttribute("aria-busy", "false");
  showProblem(gettext("This browser cannot draw the map. The list holds the same."));
}
if (main.dataset.code) {
  bringIntoView();
  if (isPhone()) openSheet("detail");
}
// Lamps change by themselves.
setInterval(() => {
  if (document.visibilityState !== "visible") return;
  go(location.pathname + location.search, { push: false });
  if (map?.getSource("cases")) map.refreshTiles("cases");
}, REFRESH_MINUTES * 60_000);
