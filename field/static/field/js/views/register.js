/**
 * A new asset found on the way: where, what, a photo; first of all, whether it is on record already. Found at a site that
 * is being evaluated, its record names round and site, and the office sees it beside the visit.
 */
import { conditionName } from "mapping/conditions";
import { el, icon, symbol } from "web/dom";
import * as catalogue from "field/down/catalogue";
import * as drafts from "field/up/drafts";
import { formWith } from "field/up/form";
import { photoInput } from "field/inputs/photo_input";
import { assetCard, dot, pageHead, toast } from "field/shell/pieces";
import { placeInput } from "field/inputs/place_input";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { nameOf } from "field/shell/say";
import * as sync from "field/up/sync";
import { wakeWhenOnline } from "field/shell/worker";

const NEAR = 25; // metres
const CONDITIONS = ["good", "minor", "damaged", "severe"];

/** @param {HTMLElement} root @param {string[]} [params] of an evaluation: the round's uid and the site's code */
export async function show(root, [round, site] = []) {
  const path = ["new", ...(site ? [round, site] : [])];
  const key = path.join(" ");
  const entry = {
    position: null,
    placed: false,
    type: null,
    themes: [],
    name: "",
    wording: "",
    address: "",
    condition: null,
    photos: [],
    ...(await drafts.find(key)),
  };
  // Where the phone happened to be is for now; a draft keeps only a place that somebody has set.
  const form = formWith(
    key,
    () => ({ ...entry, position: entry.placed ? entry.position : null }),
    () => [photo],
  );
  const keep = form.keep;
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const duplicates = el("div", { class: "duplicates", "aria-live": "polite" });
  const drawDuplicates = () => {
    const rows = entry.position ? catalogue.nearDuplicates(entry.position, NEAR) : [];
    const same = rows.filter(({ asset }) => !entry.type || asset.type === entry.type);
    duplicates.hidden = !same.length;
    duplicates.replaceChildren(
      el(
        "p",
        { class: "duplicates-title" },
        icon("alert", "icon small"),
        gettext("Is it one of these? They are on record at this spot."),
      ),
      el("div", { class: "duplicates-list" }, ...same.map((row) => assetCard(row))),
    );
  };
  const place = placeInput({
    start: entry.position,
    changed: (changed, { byItself }) => {
      entry.position = changed;
      entry.placed = !byItself;
      drawDuplicates();
      keep();
    },
  });
  const photo = photoInput({
    draft: key,
    role: "overview",
    notes: entry.photos,
    changed: async (notes) => {
      entry.photos = notes;
      await keep();
    },
  });
  const types = el("div", { class: "type-grid", role: "radiogroup", "aria-label": gettext("Type") });
  const themes = el("div", { class: "chips", role: "group", "aria-label": gettext("Theme") });
  const conditions = el("div", { class: "chips", role: "group", "aria-label": gettext("Condition") });
  const drawChoices = () => {
    types.replaceChildren(
      ...active(catalogue.lists.types).map((type) =>
        choice("radio", entry.type === type.code, `type ${type.family}`, type.code, () => choose("type", type.code), [
          symbol(type.symbol),
          el("span", {}, nameOf(type)),
        ]),
      ),
    );
    themes.replaceChildren(
      ...active(catalogue.lists.themes).map((theme) =>
        choice("button", entry.themes.includes(theme.code), "chip", theme.code, () => toggleTheme(theme.code), [
          nameOf(theme),
        ]),
      ),
    );
    conditions.replaceChildren(
      ...CONDITIONS.map((code) =>
        choice(
          "button",
          entry.condition === code,
          "chip with-symbol",
          code,
          () => choose("condition", entry.condition === code ? null : code),
          [dot(code), conditionName(code)],
        ),
      ),
    );
  };
  const choose = (what, value) => {
    entry[what] = value;
    drawChoices();
    drawDuplicates();
    keep();
  };
  const toggleTheme = (code) =>
    choose(
      "themes",
      entry.themes.includes(code) ? entry.themes.filter((theme) => theme !== code) : [...entry.themes, code],
    );
  const text = (what, words, length) => {
    const input = el("input", { class: "input", id: `new-${what}`, maxlength: length, value: entry[what] });
    input.addEventListener("input", () => {
      entry[what] = input.value;
      keep();
    });
    return el("div", { class: "field-group" }, el("label", { for: input.id }, words), input);
  };
  const made = () => {
    const lacking = !entry.position
      ? gettext("Set where it stands.")
      : !entry.type
        ? gettext("Choose its type.")
        : null;
    if (lacking) throw new Error(lacking);
    place.sureEnough();
    return deeds(entry, site ? { round, site } : {});
  };
  const save = async (event) => {
    const visited = router.visit();
    if (!(await form.save(made, { button: event.currentTarget, problem }))) return;
    toast(gettext("Saved on the phone"));
    router.leave(visited);
    wakeWhenOnline();
    sync.send();
  };

  root.replaceChildren(
    pageHead(
      gettext("New asset"),
      router.back,
      el(
        "button",
        {
          class: "text-button",
          onclick: async () => {
            await drafts.discard(key);
            router.replace(path.join("/"));
          },
        },
        gettext("Clear"),
      ),
    ),
    el(
      "div",
      { class: "page-scroll" },
      el(
        "div",
        { class: "form" },
        place.node,
        duplicates,
        el("div", { class: "field-group" }, el("span", { class: "section-title" }, gettext("Type")), types),
        el("div", { class: "field-group" }, photo.button, photo.shots),
        el("div", { class: "field-group" }, el("span", { class: "section-title" }, gettext("Theme")), themes),
        el(
          "div",
          { class: "field-group" },
          el("span", { class: "section-title" }, gettext("Condition (optional)")),
          conditions,
        ),
        text("name", gettext("Name"), 200),
        text("wording", gettext("Wording"), 2000),
        text("address", gettext("Address"), 300),
      ),
    ),
    el(
      "div",
      { class: "area-foot" },
      problem,
      el("button", { class: "button primary wide", id: "save-new", onclick: save }, gettext("Save new asset")),
    ),
  );
  drawChoices();
  drawDuplicates();
  place.begin().catch((error) => toast(error.message, "bad"));
  return place.remove;
}

const active = (rows) => rows.filter((row) => row.active !== false);

const choice = (role, isChecked, className, code, onclick, children) =>
  el(
    "button",
    {
      type: "button",
      class: className,
      "data-code": code,
      ...(role === "radio" ? { role, "aria-checked": String(isChecked) } : { "aria-pressed": String(isChecked) }),
      onclick,
    },
    ...children,
  );

/**
 * The new asset, and how it is when that was said too; in this order.
 * @param {any} entry @param {{round?: string, site?: string}} visit on which it was found
 * @returns {import("field/up/outbox").Deed[]}
 */
function deeds(entry, visit) {
  const uid = crypto.randomUUID();
  const { type, themes, name, wording, address } = entry;
  const title = name.trim() || `${nameOf(catalogue.lists.types.find((row) => row.code === type))}`;
  const fields = {
    type,
    themes,
    position: entry.position,
    name: name.trim(),
    wording: wording.trim(),
    address: address.trim(),
    ...visit,
  };
  const common = { asset: uid, position: position.forRecord(), title };
  const made = { ...common, kind: "create", fields, photos: entry.photos };
  if (!entry.condition) return [made];
  return [made, { ...common, kind: "inspect", fields: { condition: entry.condition, defects: [], note: "" } }];
}
