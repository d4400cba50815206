/**
 * The export dialogue: what, in which format and coordinate system, with which columns and headings. It knows how many
 * rows that is, starts the download, and shows the progress of what a background run has to make first.
 */
import { config } from "web/config";
import { el, first, icon } from "web/dom";
import { address } from "mapping/filters";
import { number, timeOfDay } from "web/format";
import { drawBar, looksAt } from "web/progress";
import { getJson, postForJson } from "web/server";
import { state } from "mapping/state";

/**
 * @typedef {{name: string, title: string}} Column
 * @typedef {{name: string, title: string, formats: string[], columns: Column[]}} Layer
 * @typedef {{name: string, ending: string, title: string, words: string, only_wgs84: boolean, takes_titles: boolean,
 *            takes_columns: boolean, direct_rows: number|null}} Format
 * @typedef {{name: string, title: string, short: string}} System
 * @typedef {{layers: Layer[], formats: Format[], systems: System[], position: string}} Options
 */

/** @type {Options|null} */
let options = null;
/** @type {Record<string, {rows: number, total: number}>} */
let counts = {};
/** @type {{filename: string, rows: number, bytes: number, download: string, finished_at: string}[]} */
let files = [];
const chosen = { layer: "assets", format: "xlsx", crs: "wgs84", headings: "words", columns: new Set() };
const dialog = el("dialog", { id: "export-dialog", class: "export-dialog", "aria-labelledby": "export-title" });
document.body.append(dialog);
// The page's own keys (N, P, Escape) are not meant for it.
dialog.addEventListener("keydown", (event) => event.stopPropagation());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
/** Counts up with each opening and each export: an answer to an earlier one is no longer wanted. */
let turn = 0;

/** Opens the dialogue for what the page shows. @param {HTMLElement} opener gets the focus back */
export async function openExportDialog(opener) {
  const own = ++turn;
  dialog.replaceChildren(heading(), el("p", { class: "export-wait" }, gettext("One moment …")));
  dialog.showModal();
  dialog.onclose = () => {
    turn++;
    opener.focus();
  };
  try {
    const [known, counted, made] = await Promise.all([
      options ?? getJson(config.urls.exportOptions),
      getJson(address(config.urls.exportCounts, state.query)),
      getJson(config.urls.exportFiles),
    ]);
    if (own !== turn) return;
    options = known;
    counts = counted;
    files = made.files;
    if (!chosen.columns.size) allColumns();
    draw();
    first('input[name="layer"]:checked', { within: dialog })?.focus();
  } catch (error) {
    if (own === turn) dialog.querySelector(".export-wait").textContent = error.message;
  }
}

/* What is chosen --------------------------------------------------------------------------------------------------- */

const layer = () => options.layers.find((one) => one.name === chosen.layer);
const format = () => options.formats.find((one) => one.name === chosen.format);
const allColumns = () => (chosen.columns = new Set([...layer().columns.map(({ name }) => name), options.position]));
const rows = () => counts[chosen.layer]?.rows ?? 0;
const startButton = () => first("#export-start", { within: dialog, kind: HTMLButtonElement });
const isLarge = () => format().direct_rows !== null && rows() > format().direct_rows;

/** The address of what is chosen. */
function exportAddress() {
  const { only_wgs84, takes_titles, takes_columns, ending } = format();
  const parameters = new URLSearchParams(state.query);
  const crs = only_wgs84 ? "wgs84" : chosen.crs;
  if (crs !== "wgs84" && chosen.format !== "json") parameters.set("crs", crs);
  if (takes_titles && chosen.headings === "words") parameters.set("titles", "words");
  parameters.set("lang", config.language.startsWith("zh") ? "zh" : "en");
  const every = layer().columns.length + 1;
  if (takes_columns && chosen.columns.size < every) parameters.set("columns", [...inOrder()].join(","));
  const name = chosen.format === "json" ? `${crs}.json` : ending;
  return `/export/${chosen.layer}.${name}?${parameters.toString().replaceAll("%2C", ",")}`;
}

const inOrder = () =>
  [...layer().columns.map(({ name }) => name), options.position].filter((name) => chosen.columns.has(name));

/* Drawing ---------------------------------------------------------------------------------------------------------- */

function heading() {
  return el(
    "header",
    { class: "export-head" },
    el("h2", { id: "export-title" }, gettext("Export")),
    el(
      "button",
      { class: "icon-button", type: "button", "aria-label": gettext("Close"), onclick: () => dialog.close() },
      icon("close"),
    ),
  );
}

function draw() {
  if (!layer().formats.includes(chosen.format)) chosen.format = layer().formats[0];
  const form = el(
    "form",
    { class: "export-form", onsubmit: submitted },
    contents(),
    formats(),
    el("div", { class: "export-pair" }, systems(), headings()),
    columns(),
    prepared(),
  );
  turn++;
  dialog.replaceChildren(heading(), form, foot());
  showRows();
}

/** Draws anew and keeps the focus where it was. */
function redraw() {
  const { name, value } = /** @type {Partial<HTMLInputElement>} */ (document.activeElement ?? {});
  const scrolled = dialog.querySelector(".export-form")?.scrollTop ?? 0;
  draw();
  dialog.querySelector(".export-form").scrollTop = scrolled;
  if (name) first(`[name="${name}"]${value ? `[value="${CSS.escape(value)}"]` : ""}`, { within: dialog })?.focus();
}

function contents() {
  return el(
    "fieldset",
    { class: "export-contents" },
    el("legend", {}, gettext("Contents")),
    ...options.layers.map((one) =>
      choice("layer", one.name, chosen.layer, one.title, number(counts[one.name]?.rows ?? 0), () => {
        chosen.layer = one.name;
        allColumns();
        redraw();
      }),
    ),
  );
}

function formats() {
  const offered = options.formats.filter(({ name }) => layer().formats.includes(name));
  return el(
    "fieldset",
    { class: "export-formats" },
    el("legend", {}, gettext("Format")),
    ...offered.map((one) =>
      choice("format", one.name, chosen.format, one.title, one.words, () => {
        chosen.format = one.name;
        if (one.name === "json" && chosen.crs === "wgs84") chosen.crs = "epsg4490";
        redraw();
      }),
    ),
  );
}

function choice(name, value, current, title, words, onchange) {
  return el(
    "label",
    { class: "export-choice" },
    el("input", { type: "radio", name, value, checked: value === current, onchange }),
    el("span", {}, el("b", {}, title), el("small", {}, words)),
  );
}

function systems() {
  const fixed = format().only_wgs84;
  const noNumber = !fixed && ["gcj02", "bd09"].includes(chosen.crs);
  let note = "";
  if (fixed) note = gettext("This format is always WGS84.");
  else if (noNumber)
    note = gettext("No register lists this system; the file names it, and only some programs know it.");
  return el(
    "label",
    { class: "export-field" },
    el("span", {}, gettext("Coordinate system")),
    el(
      "select",
      {
        name: "crs",
        disabled: fixed,
        onchange: (event) => {
          chosen.crs = event.target.value;
          redraw();
        },
      },
      ...options.systems
        .filter(({ name }) => chosen.format !== "json" || name !== "wgs84")
        .map((one) =>
          el("option", { value: one.name, selected: (fixed ? "wgs84" : chosen.crs) === one.name }, one.title),
        ),
    ),
    el("small", {}, note),
  );
}

function headings() {
  const fixed = !format().takes_titles;
  return el(
    "label",
    { class: "export-field" },
    el("span", {}, gettext("Headings and values")),
    el(
      "select",
      { name: "headings", disabled: fixed, onchange: (event) => (chosen.headings = event.target.value) },
      el(
        "option",
        { value: "words", selected: !fixed && chosen.headings === "words" },
        gettext("Titles and words, for people"),
      ),
      el(
        "option",
        { value: "keys", selected: fixed || chosen.headings === "keys" },
        gettext("Keys and codes, for programs"),
      ),
    ),
    el("small", {}, fixed ? gettext("This format has names of its own.") : ""),
  );
}

function columns() {
  if (!format().takes_columns) return "";
  const every = [...layer().columns, { name: options.position, title: gettext("Position") }];
  const summary = el("summary", {}, "");
  const say = () => {
    summary.textContent = interpolate(
      gettext("Columns: %(n)s of %(total)s"),
      { n: number(chosen.columns.size), total: number(every.length) },
      true,
    );
    showRows();
  };
  const boxes = every.map(({ name, title }) =>
    el(
      "label",
      { class: "export-column" },
      el("input", {
        type: "checkbox",
        value: name,
        checked: chosen.columns.has(name),
        onchange: (event) => {
          if (event.target.checked) chosen.columns.add(name);
          else chosen.columns.delete(name);
          say();
        },
      }),
      el("span", {}, title),
    ),
  );
  const tick = (wanted) => () => {
    chosen.columns = new Set(wanted ? every.map(({ name }) => name) : []);
    for (const box of boxes) box.querySelector("input").checked = wanted;
    say();
  };
  const details = el(
    "details",
    { class: "export-columns", open: chosen.columns.size < every.length },
    summary,
    el(
      "div",
      { class: "export-ticks" },
      el("button", { class: "button small", type: "button", onclick: tick(true) }, gettext("All")),
      el("button", { class: "button small", type: "button", onclick: tick(false) }, gettext("None")),
    ),
    el("div", { class: "export-boxes" }, ...boxes),
  );
  queueMicrotask(say);
  return details;
}

/** What was prepared for this reader within the last day. */
function prepared() {
  if (!files.length) return "";
  return el(
    "section",
    { class: "export-prepared", "aria-label": gettext("Prepared files") },
    el("h3", {}, gettext("Prepared files")),
    el(
      "ul",
      {},
      ...files.map((file) =>
        el(
          "li",
          {},
          el("a", { href: file.download, download: "" }, file.filename),
          el("small", {}, `${timeOfDay(new Date(file.finished_at))} · ${number(file.rows)} · ${megabytes(file.bytes)}`),
        ),
      ),
    ),
  );
}

function foot() {
  return el(
    "footer",
    { class: "export-foot" },
    el("div", { class: "export-status", role: "status" }),
    el(
      "div",
      { class: "export-buttons" },
      el(
        "button",
        {
          class: "button",
          type: "button",
          onclick: async (event) => {
            await navigator.clipboard.writeText(new URL(exportAddress(), location.origin).href);
            event.target.textContent = gettext("Copied");
          },
        },
        gettext("Copy address"),
      ),
      el(
        "button",
        { class: "button primary", type: "button", id: "export-start", onclick: start },
        gettext("Download"),
      ),
    ),
  );
}

/** How many rows it will be, of how many, and whether it takes a while. */
function showRows() {
  const status = dialog.querySelector(".export-status");
  const button = startButton();
  if (!status || !button) return;
  const { total } = counts[chosen.layer] ?? { total: 0 };
  const words = interpolate(
    ngettext("%(n)s of %(total)s row", "%(n)s of %(total)s rows", total),
    { n: number(rows()), total: number(total) },
    true,
  );
  const nothing = format().takes_columns && ![...chosen.columns].some((name) => name !== options.position);
  button.disabled = nothing;
  button.textContent = isLarge() ? gettext("Prepare file") : gettext("Download");
  status.replaceChildren(
    el("b", {}, words),
    nothing
      ? el("span", {}, gettext("Choose at least one column."))
      : el("span", {}, isLarge() ? gettext("Large: prepared in the background, then ready to download.") : ""),
  );
}

/* Starting and waiting --------------------------------------------------------------------------------------------- */

/** Enter in the form is the button. @param {Event} event */
function submitted(event) {
  event.preventDefault();
  start();
}

async function start() {
  if (!isLarge()) {
    const link = el("a", { href: exportAddress(), download: "" });
    dialog.append(link);
    link.click();
    link.remove();
    say(el("span", {}, gettext("The download has begun; your browser shows how far it is.")));
    return;
  }
  const own = ++turn;
  const button = startButton();
  button.disabled = true;
  try {
    const run = await postForJson(exportAddress());
    await follow(run, own);
  } catch (error) {
    if (own === turn) say(el("span", { class: "export-fault" }, error.message));
  }
  if (own === turn) button.disabled = false;
}

/** Follows the run until its file is there or will not come. */
async function follow({ progress, download }, own) {
  for await (const { run, problem } of looksAt(progress)) {
    if (own !== turn || !dialog.open) return;
    if (problem) throw problem;
    if (run.state === "done") {
      const link = el("a", { class: "button primary", href: download, download: "" }, gettext("Download file"));
      say(
        el("b", {}, `${run.result.filename} · ${megabytes(run.result.bytes)}`),
        el("span", {}, gettext("Kept for a day, for you alone.")),
      );
      startButton().replaceWith(link);
      link.focus();
      return;
    }
    if (run.state === "failed") {
      say(el("span", { class: "export-fault" }, gettext("The file could not be made. Please try again.")));
      return;
    }
    const bar = el("progress", { "aria-label": gettext("Progress") });
    drawBar(bar, run);
    const words = run.state === "waiting" ? gettext("Waiting for its turn …") : gettext("Being prepared …");
    say(el("span", {}, run.total ? `${words} ${number(run.done)} / ${number(run.total)}` : words), bar);
  }
}

const megabytes = (bytes) => `${number(Math.max(0.1, Math.round(bytes / 1e5) / 10))} MB`;
const say = (...nodes) => dialog.querySelector(".export-status").replaceChildren(...nodes);
