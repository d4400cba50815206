/** The map page: one state, and what follows when it changes. Everything else draws; this file decides. */
import "web/menus";
import { focusPanel, hidePanel, showPanel } from "mapping/asset_panel";
import { clearAll, learnName, showChips } from "mapping/chips";
import { rate } from "mapping/conditions";
import { config } from "web/config";
import { showDeeds } from "mapping/deeds";
import { byId, dataOf, el, every, targetOf } from "web/dom";
import { showExports } from "mapping/export_menu";
import { address } from "mapping/filters";
import { keepFresh } from "mapping/freshness";
import { number, timeOfDay } from "web/format";
import { showChoice, showLegend, streetRow } from "mapping/legend";
import { isPicking, pickRow } from "mapping/map_selection";
import * as view from "mapping/map_view";
import { RATE_STEPS } from "mapping/style/areas";
import {
  connectResults,
  focusRow,
  loadResults,
  markOpened,
  markUnderPointer,
  reloadResults,
  step,
} from "mapping/results";
import { connectSearch, focusSearch, showWords } from "mapping/search_box";
import { closeForm, isFormOpen } from "mapping/panel_form";
import { getJson } from "web/server";
import { connectSheets, isPhone, openSheet, openedSheet } from "mapping/sheet";
import { state } from "mapping/state";

const main = byId("main");
const order = byId("order", HTMLSelectElement);
/** An address with a view in it is shown as it is; without one, the page goes to what the address names. */
const cameWithView = Boolean(state.view);
/** When to ask again for counts that the server is making. */
const COUNTED_WITHIN = 15_000;
/** @type {AbortController|null} */
let askingLegend = null;
let askingLater = 0;
let hadOldCounts = false;
/** Whether the next answer of the legend should bring the one chosen street into view. */
let zoomToChoice = false;

/* What the server says ------------------------------------------------------------------------------------------- */

async function loadLegend() {
  askingLegend?.abort();
  clearTimeout(askingLater);
  askingLegend = new AbortController();
  const { signal } = askingLegend;
  try {
    const legend = await getJson(address(config.urls.legend, state.query), signal);
    if (signal.aborted) return;
    showLegend(legend);
    showChips(legend);
    showExports(legend.matched);
    showDeeds(legend.matched);
    showStreets(legend.groups.street);
    if (zoomToChoice) zoomToStreet();
    byId("results-count").replaceChildren(...countWords(legend));
    showAge(legend);
    byId("announcer").textContent = interpolate(
      ngettext("%(n)s asset shown", "%(n)s assets shown", legend.matched),
      { n: number(legend.matched) },
      true,
    );
    if (!["said", "lost"].includes(byId("problem").dataset.kind ?? "")) hideProblem();
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.kind === "later") countsComeLater();
    showProblem(error);
  }
}

/** Counts that take long may be of a moment ago, the map's own too; the page asks again until they are of now. */
function showAge({ as_of, counted_seconds_ago }) {
  const old = counted_seconds_ago > 0;
  byId("updated").textContent = interpolate(
    old ? gettext("Counted %(time)s, being counted anew") : gettext("Updated %(time)s"),
    { time: timeOfDay(old ? new Date(as_of) : new Date()) },
    true,
  );
  if (!old && hadOldCounts) view.refreshTiles();
  hadOldCounts = old;
  if (old) countsComeLater();
}

function countsComeLater() {
  clearTimeout(askingLater);
  askingLater = setTimeout(loadLegend, COUNTED_WITHIN);
}

/** Something has been written since: whoever looks on sees it, and stays where they are. */
async function showChanges() {
  loadLegend();
  reloadResults();
  view.refreshTiles();
  const { selection } = state;
  if (!selection) return;
  const shown = await showPanel(selection, { anew: true });
  if (shown?.lon && state.selection === selection) view.mark("selected", shown);
}

function countWords({ matched, total }) {
  const rest = matched === total ? ` ${ngettext("asset", "assets", matched)}` : ` / ${number(total)}`;
  return [el("b", {}, number(matched)), rest];
}

function load() {
  loadLegend();
  loadResults();
}

/* Streets on the map --------------------------------------------------------------------------------------------- */

function showStreets(rows) {
  const someChosen = state.filter.isSet("street");
  view.showStreets(
    rows
      .filter((row) => row.code !== "none")
      .map((row) => ({
        code: row.code,
        // With only some conditions shown, a share of them would be no rate.
        rate: state.filter.isSet("condition") ? null : rate(row.conditions),
        chosen: state.filter.has("street", row.code),
        aside: someChosen && !state.filter.has("street", row.code),
      })),
  );
  byId("approximate-note").hidden = !rows.some((row) => row.approximate);
  showRateKey();
}

function showRateKey() {
  const key = byId("rate-key");
  key.hidden = state.filter.isSet("condition") || !view.showsRates();
  if (key.children.length) return;
  const percent = (share) => `${Math.round(share * 100)}%`;
  const words = [`<${percent(RATE_STEPS[0])}`, ...RATE_STEPS.slice(1).map(percent), `>${percent(RATE_STEPS.at(-1))}`];
  key.append(
    el("span", {}, gettext("Damaged or worse")),
    el(
      "span",
      { class: "rate-steps" },
      ...words.map((word, index) =>
        el("span", {}, el("i", { class: `r${index}` }), index === 0 || index === words.length - 1 ? word : ""),
      ),
    ),
  );
}

function zoomToStreet() {
  zoomToChoice = false;
  const streets = state.filter.get("street");
  const row = streets.length === 1 ? streetRow(streets[0]) : null;
  if (row?.bbox) view.goToBounds(row.bbox);
}

byId("legend-groups").addEventListener("pointerover", (event) => pointStreet(event, true));
byId("legend-groups").addEventListener("pointerout", (event) => pointStreet(event, false));

/** @param {Event} event @param {boolean} pointed */
function pointStreet(event, pointed) {
  /** @type {HTMLElement|null} */
  const row = targetOf(event).closest('[data-group="street"] .legend-row');
  if (row) view.pointStreet(dataOf(row, "code"), pointed);
}

/* The side panel ------------------------------------------------------------------------------------------------- */

const openAsset = (code) => state.update({ selection: { kind: "asset", code } });

async function showSelection({ arriving = false, near = false } = {}) {
  const { selection } = state;
  closeForm();
  main.dataset.side = selection ? "detail" : "results";
  markOpened();
  if (!selection) {
    hidePanel();
    view.mark("selected", null);
    if (openedSheet() === "detail") openSheet("none");
    return;
  }
  openSheet("detail");
  const shown = await showPanel(selection);
  if (!shown?.lon) return;
  view.mark("selected", shown);
  if (!(arriving && cameWithView)) view.goTo(shown, { close: arriving || near });
  if (!isPhone() && !arriving) focusPanel();
}

/** Escape, the arrow, or a closed sheet: from a form to what is shown, and from there to the row one came from. */
function leaveSelection() {
  if (isFormOpen()) {
    closeForm();
    return;
  }
  const code = state.selection?.kind === "asset" ? state.selection.code : null;
  state.update({ selection: null });
  if (!isPhone() && code) focusRow(code);
}

/* What went wrong ------------------------------------------------------------------------------------------------ */

function showProblem(error) {
  const actions = {
    filter: () =>
      error.parameter &&
      el(
        "button",
        {
          class: "button small",
          onclick: () => state.update({ filter: state.filter.without(error.parameter) }),
        },
        gettext("Remove it"),
      ),
    "signed-out": () =>
      el("a", { class: "button small", href: `/sign-in/?next=${encodeURIComponent(state.url())}` }, gettext("Sign in")),
    forbidden: () => null,
    // The page holds what it held before: there is nothing to do about it but to read.
    said: () => el("button", { class: "button small", onclick: hideProblem }, gettext("Close")),
    long: () => el("button", { class: "button small", onclick: clearAll }, gettext("Clear all")),
    lost: () =>
      el("button", { class: "button small", onclick: () => location.reload() }, gettext("Load the page again")),
  };
  const retry = () => el("button", { class: "button small", onclick: refresh }, gettext("Try again"));
  const box = byId("problem");
  box.dataset.kind = error.kind ?? "";
  box.replaceChildren(el("span", {}, error.message), (actions[error.kind] ?? retry)() || "");
  box.hidden = false;
}

function hideProblem() {
  byId("problem").hidden = true;
  byId("problem").dataset.kind = "";
}

function refresh() {
  hideProblem();
  load();
  view.showFilter();
}

/** A sentence of the page itself. */
const say = (kind, message) => showProblem(Object.assign(new Error(message), { kind }));

const sayBroken = () =>
  say("said", gettext("The place in this address cannot be read. Choose one on the map, or search for it."));

state.addEventListener("broken", sayBroken);
state.addEventListener("written", showChanges);
state.addEventListener("toolong", () =>
  say("said", gettext("So many single ones do not fit into an address. Choose fewer, or draw a rectangle round them.")),
);

/** The graphics of the browser have gone, or were never there. */
function showLost(loss) {
  main.dataset.lost = String(Boolean(loss));
  if (!loss) hideProblem();
  else if (loss.for_good)
    say("lost", gettext("This browser cannot draw the map (it has no WebGL). The list holds the same."));
  else say("lost", gettext("The browser has lost the graphics that draw the map. The list holds the same."));
}

/* What follows a change ------------------------------------------------------------------------------------------ */

state.addEventListener("change", (event) => {
  const changed = /** @type {CustomEvent<Set<string>>} */ (event).detail;
  if (changed.has("mode")) showMode();
  if (changed.has("filter")) {
    zoomToChoice = state.filter.get("street").length === 1 && !changed.has("view");
    showChoice();
    showChips(null);
    showWords(state.filter.get("q")[0] ?? "");
    view.showFilter();
    load();
  }
  if (changed.has("order")) {
    order.value = state.order;
    loadResults();
  }
  if (changed.has("view") && state.view) view.showView(state.view);
  if (changed.has("selection")) showSelection();
});

function showMode() {
  main.dataset.mode = state.mode;
  for (const link of every("[data-mode]")) {
    if (link === main) continue;
    if (link.dataset.mode === state.mode) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (isPhone()) openSheet(state.mode === "list" ? "results" : "none");
  else if (state.mode === "map") view.resized();
}

/* Hands and keys ------------------------------------------------------------------------------------------------- */

for (const link of every("a[data-mode]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    state.update({ mode: link.dataset.mode === "list" ? "list" : "map" });
  });
}

order.addEventListener("change", () => state.update({ order: order.value }, { replace: true }));
byId("refresh").addEventListener("click", refresh);
byId("clear-in-sheet").addEventListener("click", clearAll);
byId("detail-back").addEventListener("click", leaveSelection);
byId("detail-previous").addEventListener("click", () => step(-1));
byId("detail-next").addEventListener("click", () => step(1));
byId("thumb-search").addEventListener("click", focusSearch);
byId("detail-body").addEventListener("click", (event) => {
  const link = /** @type {HTMLElement|null} */ (targetOf(event).closest("[data-open]"));
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  openAsset(dataOf(link, "open"));
});

/** What has a use of its own for Escape; a choice or a box to tick has none. */
const TYPED_INTO = "input:not([type=radio], [type=checkbox]), select, textarea";

document.addEventListener("keydown", (event) => {
  if (
    event.defaultPrevented ||
    event.altKey ||
    event.ctrlKey ||
    event.metaKey ||
    targetOf(event).closest(event.key === "Escape" ? TYPED_INTO : "input, select, textarea")
  )
    return;
  if (event.key === "n" || event.key === "N") step(1);
  else if (event.key === "p" || event.key === "P") step(-1);
  else if (event.key === "/") {
    event.preventDefault();
    focusSearch();
  } else if (event.key === "Escape" && (state.selection || isFormOpen())) leaveSelection();
});

addEventListener("online", refresh);

connectSheets({
  open: (name) => openSheet(name),
  close: (name) => (name === "detail" && (state.selection || isFormOpen()) ? leaveSelection() : openSheet("none")),
});

connectSearch({
  text: (words) => state.update({ filter: state.filter.with("q", words ? [words] : []) }),
  choose: (result) => {
    if (result.kind === "asset") {
      openAsset(result.code);
      if (result.lon) view.goTo(result, { close: true });
      return;
    }
    if (result.kind === "site") {
      view.mark("place", result);
      view.goTo(result, { close: true });
      return;
    }
    learnName(result.kind, result.code, result.title);
    state.update({ filter: state.filter.with(result.kind, [result.code]) });
    if (result.bbox) view.goToBounds(result.bbox);
  },
});

connectResults({
  point: (row) => view.mark("pointed", row),
  open: (row) => {
    if (isPicking()) {
      pickRow(row);
      return;
    }
    view.mark("pointed", null);
    openAsset(row.code);
    view.goTo(row, { close: true });
  },
  problem: showProblem,
  centre: view.centre,
});

view.connectMap({
  asset: openAsset,
  support: (id) => state.update({ selection: { kind: "support", id } }),
  spot: (codes) => state.update({ selection: { kind: "spot", id: codes.join(",") } }),
  lost: showLost,
  hover: markUnderPointer,
  moved: showRateKey,
  problem: showProblem,
});

zoomToChoice = !cameWithView && !state.selection;
order.value = state.order;
showWords(state.filter.get("q")[0] ?? "");
showMode();
showChips(null);
if (state.selection) showSelection({ arriving: true });
load();
if (state.broken) sayBroken();
keepFresh({ changed: showChanges, problem: showProblem });
// Whoever may write has the scripts of the rooms that do (`mapping/panel_slots.py`).
for (const name of config.modules) import(name);
