/**
 * The legend, which is the filter: one row a value with its live count; a click chooses, a second click undoes.
 * Alt-click, a long press or "only" chooses one value alone.
 */
import { BAR_ORDER, conditionName } from "mapping/conditions";
import { config } from "web/config";
import { byId, dataOf, el, element, every, icon, symbol, there } from "web/dom";
import { number } from "web/format";
import { state } from "mapping/state";

/** How the conditions are listed: from good to missing, and apart from them what nobody has looked at. */
const KEY_ORDER = ["good", "minor", "damaged", "severe", "missing", "unknown"];

/**
 * A group: what stands before each value, whether bars say their conditions, whether it is unfolded at first, the order
 * of its values where that is not the server's.
 * @typedef {{name: string, title: string, marker: "ring"|"symbol"|"dot", bars: boolean, open: boolean, byCount?: boolean,
 *   nested?: boolean, heading?: "h2"|"h3", order?: string[]}} Definition
 * @typedef {{code: string, name: string, count: number, symbol?: string, conditions?: Record<string, number>}} Row
 */

/** The groups in reading order. @type {Definition[]} */
const GROUPS = [
  { name: "street", title: gettext("Street"), marker: "ring", bars: true, open: true, byCount: true },
  { name: "community", title: gettext("Community"), marker: "ring", bars: false, open: true, nested: true },
  { name: "type", title: gettext("Type"), marker: "symbol", bars: true, open: true, byCount: true },
  {
    name: "condition",
    title: gettext("Condition"),
    marker: "dot",
    bars: false,
    open: true,
    order: KEY_ORDER,
  },
  { name: "overdue", title: gettext("Overdue"), marker: "ring", bars: false, open: true },
  { name: "theme", title: gettext("Theme"), marker: "ring", bars: false, open: false },
  { name: "site_kind", title: gettext("Site kind"), marker: "ring", bars: false, open: false },
  { name: "family", title: gettext("Family"), marker: "ring", bars: false, open: false },
  { name: "lifecycle", title: gettext("Lifecycle"), marker: "ring", bars: false, open: false },
];

/** The fields that are declared with a filter (assets/fields.py): asked for less often, so in a group of groups. @type {Definition[]} */
const DECLARED = Object.entries(config.titles).map(([name, title]) => ({
  name,
  title,
  marker: "ring",
  bars: false,
  open: true,
  nested: true,
  heading: "h3",
}));
const LONG_PRESS = 500;

/** @type {Map<string, LegendGroup>} */
const groups = new Map();
/** @type {GroupOfGroups} what is declared */
let more;
const holder = byId("legend-groups");

/** @type {any} the last answer of /api/legend */
let latest = null;

/** Shows the counts the server has just given. @param {any} legend the answer of /api/legend */
export function showLegend(legend) {
  latest = legend;
  if (!groups.size) build();
  for (const group of groups.values()) group.show(legend.groups[group.name] ?? []);
  more.show();
  showConditionKey(legend.groups.condition);
  holder.setAttribute("aria-busy", "false");
}

/** The choice has changed; the counts are on their way. */
export function showChoice() {
  holder.setAttribute("aria-busy", "true");
  for (const group of groups.values()) group.mark();
  more.mark();
  markConditionKey();
}

/** @param {string} parameter @param {string} code @returns {string|null} a value's name, once the legend knows it */
export function nameOf(parameter, code) {
  if (parameter === "condition") return conditionName(code);
  return groups.get(parameter)?.names.get(code) ?? null;
}

/** The street whose row is chosen, with its bounding box. */
export const streetRow = (code) => latest?.groups.street.find((row) => row.code === code) ?? null;

function build() {
  for (const definition of [...GROUPS, ...DECLARED]) groups.set(definition.name, new LegendGroup(definition));
  /** @param {Definition} definition */
  const made = ({ name }) => there(groups.get(name), name);
  more = new GroupOfGroups(DECLARED.map(made));
  holder.replaceChildren(...GROUPS.map((definition) => made(definition).root), more.root);
}

/** Chooses a value the way the pointer or the keyboard asked for. */
function choose(name, code, only) {
  const filter = only ? state.filter.only(name, code) : state.filter.toggle(name, code);
  state.update({ filter });
}

/** A heading that folds away what stands under it, and says how much of that is chosen. */
class Fold {
  /** @param {{name: string, title: string, open: boolean, heading?: "h2"|"h3", nested?: boolean}} about */
  constructor({ name, title, open, heading = "h2", nested = false }) {
    this.name = name;
    this.open = open;
    this.chosenCount = el("span", { class: "chosen", hidden: true });
    this.size = el("span", { class: "size" });
    this.list = el("div", { class: "legend-list", id: `legend-${name}`, hidden: !open });
    this.head = el(
      "button",
      {
        class: "legend-head",
        "aria-expanded": String(open),
        "aria-controls": this.list.id,
        onclick: () => this.fold(!this.open),
      },
      icon("chevron"),
      title,
      this.chosenCount,
      this.size,
    );
    this.root = el(
      "section",
      { class: `legend-group${nested ? " nested" : ""}`, "data-group": name },
      el(heading, {}, this.head),
      this.list,
    );
  }

  fold(open) {
    this.open = open;
    this.list.hidden = !open;
    this.head.setAttribute("aria-expanded", String(open));
  }

  /** @param {number} values how many are chosen */
  sayChosen(values) {
    this.root.classList.toggle("has-choice", values > 0);
    this.chosenCount.hidden = !values;
    this.chosenCount.textContent = String(values);
  }
}

class LegendGroup extends Fold {
  /** @param {Definition} definition */
  constructor({ name, title, marker, bars, open, byCount = false, nested = false, heading = "h2", order }) {
    super({ name, title, open, nested, heading });
    this.marker = marker;
    this.bars = bars;
    this.byCount = byCount;
    /** @type {string[]|null} */
    this.order = order ?? null;
    /** @type {Map<string, {item: HTMLElement, button: HTMLElement, count: HTMLElement, bar: HTMLElement|null}>} */
    this.rows = new Map();
    this.names = new Map();
  }

  /** @param {Row[]} rows */
  show(rows) {
    // "Area unknown" and the like appear only when there is something in them.
    const shown = rows.filter((row) => row.code !== "none" || row.count || state.filter.has(this.name, "none"));
    const codes = this.inOrder(shown);
    if (codes.join() !== [...this.rows.keys()].join())
      this.rebuild(codes, new Map(shown.map((row) => [row.code, row])));
    for (const row of shown) this.update(row);
    this.root.hidden = !shown.length;
    this.size.textContent = number(shown.filter((row) => row.code !== "none").length);
    this.mark();
  }

  /** Streets and types stand by size. The order is that of the whole district once it has been seen, so that rows do not jump about. */
  inOrder(rows) {
    const codes = rows.map((row) => row.code);
    if (this.byCount && (!this.order || state.filter.isEmpty))
      this.order = [...rows].sort((a, b) => b.count - a.count).map((row) => row.code);
    const { order } = this;
    if (!order) return codes;
    const place = (code) => (code === "none" ? Infinity : order.indexOf(code));
    return codes.sort((a, b) => place(a) - place(b));
  }

  rebuild(codes, rows) {
    const focused = document.activeElement?.closest(".legend-row")?.getAttribute("data-code");
    this.rows.clear();
    this.list.replaceChildren(...codes.map((code) => this.row(rows.get(code))));
    if (focused) this.rows.get(focused)?.button.focus();
  }

  /** @param {Row} row */
  row({ code, name, symbol: shape }) {
    const marker = {
      ring: () => el("i", { class: "ring", "aria-hidden": "true" }),
      dot: () => el("i", { class: `dot ${code}`, "aria-hidden": "true" }),
      symbol: () => symbol(shape),
    }[this.marker]();
    const count = el("span", { class: "n" });
    const bar = this.bars
      ? el("span", { class: "bar-of", "aria-hidden": "true" }, ...BAR_ORDER.map((c) => el("i", { class: c })))
      : null;
    const button = el(
      "button",
      {
        class: "legend-row",
        "data-code": code,
        title: name,
        onclick: (event) => !button.dataset.held && choose(this.name, code, event.altKey),
      },
      marker,
      el("span", { class: "label" }, el("span", { class: "name" }, name), bar),
      count,
    );
    holdToChooseOnly(button, () => choose(this.name, code, true));
    const only = el(
      "button",
      {
        class: "legend-only",
        tabindex: "-1",
        "aria-hidden": "true",
        onclick: () => choose(this.name, code, true),
      },
      gettext("only"),
    );
    const item = el("div", { class: `legend-item${this.bars ? " with-bar" : ""}` }, button, only);
    this.rows.set(code, { item, button, count, bar });
    this.names.set(code, name);
    return item;
  }

  /** @param {Row} row */
  update({ code, count, conditions }) {
    const row = there(this.rows.get(code), code);
    row.count.textContent = number(count);
    row.button.classList.toggle("nothing", count === 0);
    if (row.bar)
      for (const part of every("i", { within: row.bar }))
        part.style.flexGrow = String(conditions?.[part.className] ?? 0);
  }

  /** Which rows are chosen. */
  mark() {
    const codes = state.filter.get(this.name);
    const set = state.filter.isSet(this.name);
    for (const [code, { item, button }] of this.rows) {
      button.setAttribute("aria-pressed", String(codes.includes(code)));
      item.classList.toggle("sole", codes.length === 1 && codes[0] === code);
    }
    this.sayChosen(set ? codes.length : 0);
    if (set && !this.open && !this.rows.size) this.fold(true);
  }
}

/** "More": groups within a group, folded away until something in one of them is chosen. */
class GroupOfGroups extends Fold {
  /** @param {LegendGroup[]} inner */
  constructor(inner) {
    super({ name: "more", title: gettext("More"), open: inner.some((group) => state.filter.isSet(group.name)) });
    this.inner = inner;
    this.list.append(...inner.map((group) => group.root));
  }

  /** What is in the groups has been shown. */
  show() {
    const shown = this.inner.filter((group) => !group.root.hidden).length;
    this.root.hidden = !shown;
    this.size.textContent = number(shown);
    this.mark();
  }

  /** How much is chosen in all of them. */
  mark() {
    this.sayChosen(this.inner.filter((group) => state.filter.isSet(group.name)).length);
  }
}

/** A long press on a touch screen is what alt-click is to a mouse. */
function holdToChooseOnly(button, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  button.addEventListener("pointerdown", (event) => {
    delete button.dataset.held;
    if (event.pointerType === "mouse") return;
    timer = setTimeout(() => {
      button.dataset.held = "yes";
      act();
    }, LONG_PRESS);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave", "pointermove"]) button.addEventListener(name, stop);
  button.addEventListener("contextmenu", (event) => button.dataset.held && event.preventDefault());
}

/* The conditions again, at the foot of the map: the key to its colours, and as clickable. */
const key = byId("condition-key");

function showConditionKey(rows) {
  const counts = new Map(rows.map((row) => [row.code, row.count]));
  if (!key.children.length) {
    key.append(
      ...KEY_ORDER.map((code) =>
        el(
          "button",
          { "data-code": code, onclick: (event) => choose("condition", code, event.altKey) },
          el("i", { class: `dot ${code}`, "aria-hidden": "true" }),
          conditionName(code),
          el("span", { class: "n" }),
        ),
      ),
    );
  }
  for (const button of every("button", { within: key })) {
    const count = counts.get(dataOf(button, "code")) ?? 0;
    element(".n", { within: button }).textContent = number(count);
    button.classList.toggle("nothing", count === 0);
  }
  markConditionKey();
}

function markConditionKey() {
  for (const button of every("button", { within: key }))
    button.setAttribute("aria-pressed", String(state.filter.has("condition", dataOf(button, "code"))));
}
