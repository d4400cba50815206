/**
 * The export dialogue: what, in which format and coordinate system, with which columns and headings. It knows how many
 * rows that is, starts the download, and shows the progress of what a background run has to make first.
 */
import {
  chooseLayer,
  selection,
  countOf,
  everyColumn,
  exportAddress,
  format,
  hasColumns,
  isLarge,
  layer,
  learn,
  options,
} from "mapping/export_choice";
import { el, element, first, icon } from "web/dom";
import { number, timeOfDay } from "web/format";
import { drawBar, looksAt } from "web/progress";
import { postForJson } from "web/server";

/** What was prepared before. @type {import("mapping/export_choice").Prepared[]} */
let files = [];
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
    const made = await learn();
    if (own !== turn) return;
    files = made;
    draw();
    first('input[name="layer"]:checked', { within: dialog })?.focus();
  } catch (error) {
    if (own === turn) element(".export-wait", { within: dialog }).textContent = error.message;
  }
}

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
  if (!layer().formats.includes(selection.format)) selection.format = layer().formats[0];
  const form = el(
    "form",
    { class: "export-form", id: "export-form", onsubmit: submitted },
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
  element(".export-form", { within: dialog }).scrollTop = scrolled;
  if (name) first(`[name="${name}"]${value ? `[value="${CSS.escape(value)}"]` : ""}`, { within: dialog })?.focus();
}

function contents() {
  return el(
    "fieldset",
    { class: "export-contents" },
    el("legend", {}, gettext("Contents")),
    ...options().layers.map((offeredLayer) =>
      choice(
        "layer",
        offeredLayer.name,
        selection.layer,
        offeredLayer.title,
        number(countOf(offeredLayer.name).rows),
        () => {
          chooseLayer(offeredLayer.name);
          redraw();
        },
      ),
    ),
  );
}

function formats() {
  const offered = options().formats.filter(({ name }) => layer().formats.includes(name));
  return el(
    "fieldset",
    { class: "export-formats" },
    el("legend", {}, gettext("Format")),
    ...offered.map((offeredFormat) =>
      choice("format", offeredFormat.name, selection.format, offeredFormat.title, offeredFormat.words, () => {
        selection.format = offeredFormat.name;
        if (offeredFormat.name === "json" && selection.crs === "wgs84") selection.crs = "epsg4490";
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
  const noNumber = !fixed && ["gcj02", "bd09"].includes(selection.crs);
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
          selection.crs = event.target.value;
          redraw();
        },
      },
      ...options()
        .systems.filter(({ name }) => selection.format !== "json" || name !== "wgs84")
        .map((system) =>
          el(
            "option",
            { value: system.name, selected: (fixed ? "wgs84" : selection.crs) === system.name },
            system.title,
          ),
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
      { name: "headings", disabled: fixed, onchange: (event) => (selection.headings = event.target.value) },
      el(
        "option",
        { value: "words", selected: !fixed && selection.headings === "words" },
        gettext("Titles and words, for people"),
      ),
      el(
        "option",
        { value: "keys", selected: fixed || selection.headings === "keys" },
        gettext("Keys and codes, for programs"),
      ),
    ),
    el("small", {}, fixed ? gettext("This format has names of its own.") : ""),
  );
}

function columns() {
  if (!format().takes_columns) return "";
  const every = everyColumn();
  const summary = el("summary", {}, "");
  const say = () => {
    summary.textContent = interpolate(
      gettext("Columns: %(n)s of %(total)s"),
      { n: number(selection.columns.size), total: number(every.length) },
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
        checked: selection.columns.has(name),
        onchange: (event) => {
          if (event.target.checked) selection.columns.add(name);
          else selection.columns.delete(name);
          say();
        },
      }),
      el("span", {}, title),
    ),
  );
  const tick = (wanted) => () => {
    selection.columns = new Set(wanted ? every.map(({ name }) => name) : []);
    for (const box of boxes) element("input", { within: box, kind: HTMLInputElement }).checked = wanted;
    say();
  };
  const details = el(
    "details",
    { class: "export-columns", open: selection.columns.size < every.length },
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
        { class: "button primary", type: "submit", form: "export-form", id: "export-start" },
        gettext("Download"),
      ),
    ),
  );
}

/** The button that begins; a finished file's link stands in its place. */
const startButton = () => first("#export-start", { within: dialog, kind: HTMLButtonElement });

/** How many rows it will be, of how many, and whether it takes a while. */
function showRows() {
  // A link to what was prepared holds what was chosen then.
  if (!startButton()) element(".export-foot", { within: dialog }).replaceWith(foot());
  const button = element("#export-start", { within: dialog, kind: HTMLButtonElement });
  const { rows, total } = countOf(selection.layer);
  const words = interpolate(
    ngettext("%(n)s of %(total)s row", "%(n)s of %(total)s rows", total),
    { n: number(rows), total: number(total) },
    true,
  );
  const nothing = !hasColumns();
  button.disabled = nothing;
  button.textContent = isLarge() ? gettext("Prepare file") : gettext("Download");
  say(
    el("b", {}, words),
    nothing
      ? el("span", {}, gettext("Choose at least one column."))
      : el("span", {}, isLarge() ? gettext("Large: prepared in the background, then ready to download.") : ""),
  );
}

/* Starting and waiting --------------------------------------------------------------------------------------------- */

/** The button, or Enter anywhere in the form: it begins, or fetches what has been prepared. @param {Event} event */
function submitted(event) {
  event.preventDefault();
  const made = first("a.primary", { within: dialog, kind: HTMLAnchorElement });
  if (made) made.click();
  else start();
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
  const button = element("#export-start", { within: dialog, kind: HTMLButtonElement });
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
      // Enter in the form is heard as long as it has a button, seen or not.
      startButton()?.replaceWith(link, el("button", { type: "submit", form: "export-form", hidden: true }));
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
const say = (...nodes) => element(".export-status", { within: dialog }).replaceChildren(...nodes);
