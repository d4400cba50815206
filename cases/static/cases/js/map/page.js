/**
 * The map of cases. The server renders legend, list and panel under one address; the map shows the same filter
 * (`case_map.js`), and when the address changes this fetches it and exchanges the parts that are marked `data-part`.
 */
import "web/menus";
import { makeCaseMap } from "cases/map/case_map";
import { connectSheets, isPhone, openSheet } from "mapping/sheet";
import { config } from "web/config";
import { byId, element, every, targetOf, there } from "web/dom";
import { noConnection } from "web/server";

const REFRESH_MINUTES = 5;
const main = byId("main");
/** Where tiles are, and the address of one case with a gap for its number. @type {{tiles: string, one: string}} */
const addresses = /** @type {any} */ (config).cases;

let both = location.hash.includes("both");
/** @type {ReturnType<typeof makeCaseMap>|null} */
let map = null;
/** @type {AbortController|null} */
let asking = null;

/** What the page shows: the server says it at `main`. @returns {import("cases/map/case_map").Shown} */
function shown() {
  const { query = "", code, lon, lat } = main.dataset;
  return { query, both, opened: code ? { code, lon: Number(lon), lat: Number(lat) } : null };
}

/* Addresses ------------------------------------------------------------------------------------------------------ */

const asSearch = (query) => (query ? `?${query}` : "");

const hash = () => `#${[...(map ? [map.view()] : []), ...(both ? ["both"] : [])].join("&")}`;

const keepView = () => history.replaceState(history.state, "", location.pathname + location.search + hash());

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
  const back = element("#case-back", { within: parsed, kind: HTMLAnchorElement });
  byId("case-back").setAttribute("href", there(back.getAttribute("href"), "The way back"));
  byId("search").replaceWith(document.adoptNode(element("#search", { within: parsed })));
  document.title = parsed.title;
  byId("problem").hidden = true;
  byId("announcer").textContent = element("#case-count .results-count").textContent.trim();
  if (filtered) map?.refilter();
  map?.markOpened();
  if (main.dataset.code) {
    map?.bringIntoView();
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
      if (map) link.setAttribute("href", `${link.getAttribute("href")?.split("#")[0]}#${map.view()}`);
      return;
    }
    event.preventDefault();
    both = link.dataset.show === "both";
    showSwitch();
    keepView();
    map?.dress();
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
  map = makeCaseMap(addresses.tiles, shown, {
    open: (code) => go(addresses.one.replace("{code}", encodeURIComponent(code)) + asSearch(shown().query)),
    moved: keepView,
  });
} catch {
  // Without WebGL there is no map; the list beside it holds the same.
  byId("map").setAttribute("aria-busy", "false");
  showProblem(gettext("This browser cannot draw the map. The list holds the same."));
}
if (main.dataset.code) {
  map?.bringIntoView();
  if (isPhone()) openSheet("detail");
}
// Lamps change by themselves.
setInterval(() => {
  if (document.visibilityState !== "visible") return;
  go(location.pathname + location.search, { push: false });
  map?.refresh();
}, REFRESH_MINUTES * 60_000);
