/** The filter in words, above map and list: one chip a parameter, "clear all", and how many of how many. */
import { config } from "web/config";
import { byId, el, icon } from "web/dom";
import { Filter } from "mapping/filters";
import { number } from "web/format";
import { nameOf } from "mapping/legend";
import { state } from "mapping/state";

const TITLES = {
  street: null, // a street's or a type's name needs no heading
  community: null,
  type: null,
  family: null,
  road: gettext("Road"),
  condition: gettext("Condition"),
  overdue: gettext("Overdue"),
  theme: gettext("Theme"),
  site_kind: gettext("Site kind"),
  lifecycle: gettext("Lifecycle"),
  artwork: gettext("Artwork"),
  campaign: gettext("Campaign"),
  support: gettext("Support"),
  batch: gettext("Batch"),
  answers: null,
  q: gettext("Search"),
  bbox: gettext("Area on the map"),
  within: gettext("Area on the map"),
  asset: null,
  updated_since: gettext("Changed since"),
};
const SHOWN_VALUES = 3;

/** Names of values that no legend group lists: the server told them, or they were learnt from search or list. */
const learnt = new Map(Object.entries(config.names));
/** @type {{matched: number, total: number}|null} */
let counts = null;

/** @param {string} parameter @param {string} code @param {string} name */
export function learnName(parameter, code, name) {
  learnt.set(`${parameter}:${code}`, name);
}

/** @param {{matched: number, total: number}|null} fresh null: not known yet */
export function showChips(fresh) {
  counts = fresh;
  const entries = state.filter.entries();
  byId("chips").replaceChildren(...entries.map(chip), ...tail(entries.length));
  const badge = byId("filter-count");
  badge.hidden = !entries.length;
  badge.textContent = String(entries.length);
  byId("clear-in-sheet", HTMLButtonElement).disabled = !entries.length;
  byId("show-results").textContent = counts
    ? interpolate(gettext("Show %(n)s"), { n: number(counts.matched) }, true)
    : gettext("Show");
}

function chip([name, values]) {
  const words = describe(name, values);
  const remove = interpolate(gettext("Remove the filter %(name)s"), { name: words }, true);
  const title = TITLES[name] === undefined ? (config.titles[name] ?? name) : TITLES[name];
  return el(
    "span",
    { class: "chip" },
    title && el("span", { class: "chip-name" }, `${title}${gettext(": ")}`),
    el("b", { title: words }, words),
    el(
      "button",
      {
        "aria-label": remove,
        title: remove,
        onclick: () => state.update({ filter: state.filter.without(name) }),
      },
      icon("close"),
    ),
  );
}

function describe(name, values) {
  if (name === "bbox") return gettext("a rectangle");
  if (name === "within") return gettext("a polygon");
  if (name === "asset")
    return interpolate(
      ngettext("%(n)s asset picked by hand", "%(n)s assets picked by hand", values.length),
      { n: number(values.length) },
      true,
    );
  const words = values.map((value) => nameOf(name, value) ?? learnt.get(`${name}:${value}`) ?? special(name, value));
  if (words.length <= SHOWN_VALUES) return words.join(gettext(", "));
  const more = interpolate(gettext("and %(n)s more"), { n: words.length - SHOWN_VALUES }, true);
  return `${words.slice(0, SHOWN_VALUES).join(gettext(", "))} ${more}`;
}

function special(name, value) {
  if (value === "none") return gettext("none");
  if (name === "artwork" && value === "expired") return gettext("expired");
  return value;
}

function tail(chipCount) {
  const parts = [];
  if (chipCount > 1) {
    parts.push(el("span", { class: "chip clear" }, el("button", { onclick: clearAll }, gettext("Clear all"))));
  }
  if (counts) {
    const words = chipCount
      ? interpolate(
          gettext("Showing %(n)s of %(total)s"),
          { n: number(counts.matched), total: number(counts.total) },
          true,
        )
      : interpolate(gettext("All %(total)s"), { total: number(counts.total) }, true);
    parts.push(el("span", { class: "chip count", id: "count-chip" }, el("b", {}, words)));
  }
  return parts;
}

export const clearAll = () => state.update({ filter: new Filter() });
