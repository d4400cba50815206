/**
 * The list of what the filter leaves: the accessible form of the map. Pages come as one scrolls; a row that is
 * hovered or focused is shown on the map, N and P step through, Enter opens.
 */
import { learnName } from "mapping/chips";
import { conditionName } from "mapping/conditions";
import { config } from "web/config";
import { byId, el, every, first, icon, symbol } from "web/dom";
import { address } from "mapping/filters";
import { day, number } from "web/format";
import { getJson } from "web/server";
import { state } from "mapping/state";

const PAGE = 50;
const scroller = byId("results-scroll");
const list = byId("results-list");
const foot = byId("results-foot");

/**
 * Told by page.js: what to do when a row is pointed at, opened, or when the server refuses.
 * @type {{point: (row: any) => void, open: (row: any) => void, problem: (error: Error) => void, centre: () => string|null}}
 */
const on = { point: () => {}, open: () => {}, problem: () => {}, centre: () => null };

/** @type {any[]} the rows loaded so far */
let rows = [];
/** @type {string|null} */
let next = null;
let matched = 0;
/** What had been written when the rows were asked for: rows of two generations may repeat and leave out others. */
let generation = "";
/** @type {AbortController|null} */
let asking = null;
/** Where "nearest" was measured from when the list began; the map may have moved since. @type {string|null} */
let from = null;
/** Rows the server gives at once at most, and how often a list is begun again that changes under one's hands. */
const LARGEST_PAGE = 200;
/** Whoever has read further begins again from there: more would keep the server busy with every change. */
const MOST_AGAIN = 1000;
const TRIES = 3;

const nearEnd = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && loadMore(), {
  root: scroller,
  rootMargin: "600px",
});

/** @param {Partial<typeof on>} listeners */
export function connectResults(listeners) {
  Object.assign(on, listeners);
}

/** Asks for the first page of the present filter and order. */
export async function loadResults() {
  asking?.abort();
  asking = new AbortController();
  list.setAttribute("aria-busy", "true");
  if (!rows.length) list.replaceChildren(...Array.from({ length: 8 }, skeletonCard));
  await page(null, asking);
}

/** Asks for the rows that are there again, since something has changed; the reader stays where they are. */
export async function reloadResults() {
  if (!rows.length) return loadResults();
  asking?.abort();
  asking = new AbortController();
  await again(Math.min(MOST_AGAIN, Math.max(PAGE, rows.length)), asking);
}

/** The first `count` rows, all of one generation, in place of those that are shown. */
async function again(count, controller) {
  list.setAttribute("aria-busy", "true");
  const near = state.order === "distance" ? (from ?? on.centre()) : null;
  try {
    for (let attempt = 1; ; attempt += 1) {
      /** @type {any} */
      let answer = null;
      let gathered = [];
      let whole = true;
      do {
        const size = Math.min(LARGEST_PAGE, count - gathered.length);
        const following = await ask(answer?.next ?? null, size, near, controller);
        if (controller !== asking) return;
        whole = whole && (answer === null || following.generation === answer.generation);
        answer = following;
        gathered = gathered.concat(following.results);
      } while (answer.next !== null && gathered.length < count && (whole || attempt === TRIES));
      if (whole || attempt === TRIES) {
        const { scrollTop } = scroller;
        const held = document.activeElement?.closest(".result")?.getAttribute("data-code");
        show({ ...answer, results: gathered }, true);
        scroller.scrollTop = scrollTop;
        if (held) focusRow(held);
        return;
      }
    }
  } catch (error) {
    failed(error);
  }
}

async function loadMore() {
  if (next === null || list.getAttribute("aria-busy") === "true") return;
  list.setAttribute("aria-busy", "true");
  await page(next, asking);
}

async function page(cursor, controller) {
  try {
    const near = state.order === "distance" ? (cursor === null ? on.centre() : from) : null;
    const answer = await ask(cursor, PAGE, near, controller);
    if (controller !== asking) return;
    if (cursor === null) from = near;
    // Something was written between the pages: a row may have gone to where the reader has been, or come from there.
    else if (answer.generation !== generation) return await again(rows.length + PAGE, controller);
    show(answer, cursor === null);
  } catch (error) {
    failed(error);
  }
}

const ask = (cursor, size, near, controller) =>
  getJson(
    address(config.urls.assets, state.query, {
      cursor,
      page_size: size,
      order: state.order === "code" ? null : state.order,
      near,
    }),
    controller.signal,
  );

function failed(error) {
  if (error.name === "AbortError") return;
  if (!rows.length)
    list.replaceChildren(el("li", {}, el("p", { class: "results-empty" }, gettext("The list could not be loaded."))));
  list.setAttribute("aria-busy", "false");
  on.problem(error);
}

function show(answer, first) {
  next = answer.next;
  generation = answer.generation;
  matched = answer.matched;
  rows = first ? answer.results : rows.concat(answer.results);
  const roads = state.filter.get("road");
  if (roads.length === 1 && rows.length) learnName("road", roads[0], rows[0].road_name);
  nearEnd.disconnect();
  const cards = answer.results.map(card);
  if (first) {
    list.replaceChildren(...cards);
    scroller.scrollTop = 0;
  } else list.append(...cards);
  list.setAttribute("aria-busy", "false");
  if (!rows.length) list.replaceChildren(el("li", {}, emptyState()));
  showFoot();
  markOpened();
}

function showFoot() {
  foot.replaceChildren();
  if (next === null) return;
  const left = matched - rows.length;
  foot.append(
    el(
      "button",
      { class: "button", onclick: loadMore },
      interpolate(gettext("Load more (%(n)s left)"), { n: number(left) }, true),
    ),
  );
  if (list.lastElementChild) nearEnd.observe(list.lastElementChild);
}

function card(row) {
  const late = row.overdue.length > 0;
  const place = [row.street_name, row.road_name || row.address].filter(Boolean).join(" · ");
  const picture = row.thumbnail
    ? el("img", { src: row.thumbnail, alt: "", width: 44, height: 44, loading: "lazy", decoding: "async" })
    : el("span", { class: `mark ${row.condition}` }, symbol(row.symbol));
  return el(
    "li",
    {},
    el(
      "a",
      {
        class: "result",
        href: `/assets/${row.code}/`,
        "data-code": row.code,
        onclick: (event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          on.open(row);
        },
        onpointerenter: () => on.point(row),
        onpointerleave: () => on.point(null),
        onfocus: () => on.point(row),
        onblur: () => on.point(null),
      },
      el(
        "span",
        { class: "result-picture" },
        picture,
        row.thumbnail && el("i", { class: `dot ${row.condition}`, "aria-hidden": "true" }),
      ),
      el("span", { class: "result-name" }, row.name, el("small", {}, row.code)),
      late && el("span", { class: "result-flag" }, gettext("Overdue")),
      el("span", { class: "result-line" }, `${row.type_name} · ${conditionName(row.condition)} · ${place}`),
      el("span", { class: "result-cell" }, row.type_name),
      el(
        "span",
        { class: "result-cell condition" },
        el("i", { class: `dot ${row.condition}`, "aria-hidden": "true" }),
        conditionName(row.condition),
      ),
      el("span", { class: "result-cell" }, [row.street_name, row.community_name].filter(Boolean).join(" · ")),
      el("span", { class: "result-cell wide-only" }, row.address || row.road_name),
      el("span", { class: "result-cell end wide-only" }, day(row.inspected_at) || "—"),
      el(
        "span",
        { class: `result-cell end${row.overdue.includes("inspection") ? " late" : ""}` },
        day(row.next_inspection_due) || "—",
      ),
    ),
  );
}

const skeletonCard = () =>
  el(
    "li",
    { "aria-hidden": "true" },
    el(
      "div",
      { class: "result skeleton-card" },
      el("span", { class: "skeleton" }),
      el("span", { class: "skeleton" }),
      el("span", { class: "skeleton" }),
    ),
  );

function emptyState() {
  return el(
    "div",
    { class: "results-empty" },
    icon("search"),
    el("b", {}, gettext("Nothing matches these filters")),
    el("span", {}, gettext("Take one away, or clear them all.")),
    el("button", { class: "button", onclick: () => byId("clear-in-sheet").click() }, gettext("Clear all")),
  );
}

/** Marks the row whose asset is open, and the pair of steps in its panel. */
export function markOpened() {
  const code = state.selection?.kind === "asset" ? state.selection.code : null;
  for (const link of every(".result[data-code]", { within: list })) {
    if (link.dataset.code === code) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const at = rows.findIndex((row) => row.code === code);
  byId("detail-previous", HTMLButtonElement).disabled = at <= 0;
  byId("detail-next", HTMLButtonElement).disabled = at < 0 || (at === rows.length - 1 && next === null);
  byId("detail-place").textContent =
    at < 0 ? "" : interpolate(gettext("%(n)s of %(total)s"), { n: number(at + 1), total: number(matched) }, true);
}

/** The row that the map's pointer is over. @param {string|null} code */
export function markUnderPointer(code) {
  list.querySelector(".under-pointer")?.classList.remove("under-pointer");
  if (code) list.querySelector(`.result[data-code="${CSS.escape(code)}"]`)?.classList.add("under-pointer");
}

/**
 * N and P: the next row after the one that is open, focused, or none.
 * @param {1|-1} by
 */
export async function step(by) {
  const code =
    state.selection?.kind === "asset" ? state.selection.code : document.activeElement?.getAttribute("data-code");
  const at = rows.findIndex((row) => row.code === code);
  if (at === rows.length - 1 && by > 0) await loadMore();
  const row = rows[at + by];
  if (!row) return;
  if (state.selection) on.open(row);
  else focusRow(row.code);
}

/** Puts the focus on a row, as Escape does on leaving a panel. @returns {boolean} whether the list has it */
export function focusRow(code) {
  const link = first(`.result[data-code="${CSS.escape(code)}"]`, { within: list });
  link?.focus();
  return Boolean(link);
}
