/** The rows of a ledger as a list and on the map, under one filter; and the few answers of the preview. */
import { Marker, Popup } from "maplibre-gl";
import { byId, dataOf, el, enclosing, every, first, targetOf } from "web/dom";
import { around, goTo, makeMap } from "importing/map";
import { colour } from "web/look";
import { getFragment, getJson } from "web/server";

const main = byId("main");
const card = byId("rows-card");
const filter = { show: dataOf(byId("rows"), "show"), code: dataOf(byId("rows"), "code") };
/** Tiles are kept; a page that was loaded anew asks for new ones. */
const version = Date.now().toString(36);

const query = () => {
  const parameters = new URLSearchParams();
  if (filter.show !== "all") parameters.set("show", filter.show);
  if (filter.code) parameters.set("code", filter.code);
  return parameters;
};

function tiles() {
  const parameters = query();
  parameters.set("v", version);
  return [`${location.origin}${dataOf(main, "tiles")}?${parameters}`];
}

const KINDS = ["unchanged", "created", "updated", "doubtful", "refused"];

const overlay = () => ({
  sources: { rows: { type: "vector", tiles: tiles(), maxzoom: 16 } },
  layers: [
    {
      id: "rows",
      type: "circle",
      source: "rows",
      "source-layer": "rows",
      layout: { "circle-sort-key": ["get", "rank"] },
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 2, 13, 3, 17, 6],
        "circle-color": [
          "match",
          ["get", "rank"],
          ...KINDS.flatMap((kind, rank) => [rank, colour(`row-${kind}`)]),
          "#888",
        ],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, 0, 14, 1],
        "circle-stroke-color": colour("paper"),
      },
    },
  ],
});

const map = makeMap(overlay);
const marker = new Marker({ element: el("span", { class: "row-marker" }) });
const tip = new Popup({ closeButton: false, maxWidth: "260px" });

map.on("click", "rows", ({ features, lngLat }) => {
  const pressed = features?.[0];
  if (!pressed) return;
  const { row } = pressed.properties;
  const title = interpolate(gettext("Row %(row)s"), { row }, true);
  tip
    .setLngLat(lngLat)
    .setDOMContent(el("p", { class: "map-popup" }, el("b", {}, title)))
    .addTo(map);
});
map.on("mouseenter", "rows", () => (map.getCanvas().style.cursor = "pointer"));
map.on("mouseleave", "rows", () => (map.getCanvas().style.cursor = ""));

/** @param {string} text "117.0,36.7" */
const position = (text) => /** @type {[number, number]} */ (text.split(",").map(Number));

/** Shows where the rows of this page of the list lie. */
function goToRows() {
  const places = every(".ledger-row[data-position]", { within: card }).map((row) => position(dataOf(row, "position")));
  const bounds = around(
    places.map(([x]) => x),
    places.map(([, y]) => y),
  );
  if (bounds) goTo(map, bounds);
}

/** Another filter or page: list, map and address follow. */
async function turnTo(cursor, { focus = true } = {}) {
  const parameters = query();
  if (cursor) parameters.set("cursor", cursor);
  card.setAttribute("aria-busy", "true");
  try {
    const rows = await getFragment(`${dataOf(main, "rows")}?${parameters}`);
    card.replaceChildren(rows);
    if (focus) rows.focus({ preventScroll: true });
    card.scrollTop = 0;
  } catch (error) {
    card.replaceChildren(el("p", { class: "notice bad", role: "alert" }, error.message));
  } finally {
    card.removeAttribute("aria-busy");
  }
  history.replaceState(null, "", `${location.pathname}${parameters.size ? `?${parameters}` : ""}`);
  for (const link of byId("counts").querySelectorAll("a"))
    if (link.dataset.show === filter.show && !filter.code) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  /** @type {import("maplibre-gl").VectorTileSource} */ (map.getSource("rows"))?.setTiles(tiles());
}

main.addEventListener("click", (event) => {
  const onMap = /** @type {HTMLElement|null} */ (targetOf(event).closest(".show-on-map"));
  if (onMap) {
    const at = position(dataOf(onMap, "position"));
    marker.setLngLat(at).addTo(map);
    goTo(map, [...at, ...at]);
    if (matchMedia("(max-width: 859px)").matches) byId("map").scrollIntoView({ block: "center" });
    return;
  }
  const link = /** @type {HTMLElement|null} */ (targetOf(event).closest("a[data-show], a[data-cursor]"));
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  if (link.dataset.cursor !== undefined) {
    turnTo(link.dataset.cursor);
    return;
  }
  const same = link.dataset.code && link.dataset.code === filter.code;
  filter.show = same ? "all" : dataOf(link, "show");
  filter.code = same ? "" : (link.dataset.code ?? "");
  turnTo("");
});

map.once("load", goToRows);

// --- Answers of the preview ---------------------------------------------------------------------------------------

for (const choice of every("[data-meaning]", { kind: HTMLSelectElement })) {
  const look = () => {
    const entry = first(".add-entry", { within: enclosing(choice, "td") });
    if (!entry) return;
    entry.hidden = choice.value !== "+";
    for (const field of every("input, select", { within: entry, kind: HTMLElement }))
      field.toggleAttribute("required", choice.value === "+");
  };
  choice.addEventListener("change", look);
  look();
}

const corrections = first("#corrections", { kind: HTMLElement });
if (corrections?.dataset.waiting) awaitCorrections(corrections);

/** The workbook is written after the preview; the link comes when there is something behind it. @param {HTMLElement} corrections */
async function awaitCorrections(corrections) {
  const answer = await getJson(dataOf(main, "progress")).catch(() => null);
  if (answer?.corrections) {
    const [link, wait] = every("a, span", { within: corrections });
    link.hidden = false;
    wait.hidden = true;
    return;
  }
  setTimeout(awaitCorrections, 1000, corrections);
}
