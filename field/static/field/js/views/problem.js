/**
 * Reporting a problem in three taps: what it is about, a photo, save. Where it is follows from the position, or is
 * chosen: an asset nearby, a site of the patrol, a place on the map. What is open nearby already stands first.
 */
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as catalogue from "field/down/catalogue";
import * as drafts from "field/up/drafts";
import { formWith } from "field/up/form";
import * as patrols from "field/down/patrols";
import { photoInput } from "field/inputs/photo_input";
import { pageHead, plusMinus, titleOf, toast } from "field/shell/pieces";
import { placeInput } from "field/inputs/place_input";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { clock, metres, nameOf, say } from "field/shell/say";
import * as sync from "field/up/sync";
import { wakeWhenOnline } from "field/shell/worker";

const CATEGORIES_AT_ONCE = 8;
const ASSETS_WITHIN = 60; // metres
const MOST_ASSETS = 4;
const SITES_WITHIN = 300; // metres
const MOST_SITES = 3;

/**
 * @typedef {{kind: "here"|"asset"|"site"|"map", id: string|null}} Where
 * @typedef {{category: string|null, note: string, where: Where, pin: import("field/up/outbox").Position|null,
 *   same_as: string|null, photos: import("field/up/outbox").PhotoNote[]}} Entry
 */

/** @param {HTMLElement} root @param {string[]} params pairs of a word and what it names: patrol, asset, site */
export async function show(root, params) {
  const given = Object.fromEntries(params.flatMap((word, at) => (at % 2 ? [] : [[word, params[at + 1]]])));
  const patrol = given.patrol ? patrols.patrolOfId(given.patrol) : patrols.current();
  const key = ["problem", given.patrol, given.asset, given.site].join(" ");
  /** @type {Where} */
  const first = given.asset
    ? { kind: "asset", id: given.asset }
    : given.site
      ? { kind: "site", id: given.site }
      : { kind: "here", id: null };
  /** @type {Entry} */
  const entry = {
    category: null,
    note: "",
    where: first,
    pin: null,
    same_as: null,
    photos: [],
    ...(await drafts.find(key)),
  };
  const form = formWith(
    key,
    () => entry,
    () => [photo],
  );
  const keep = form.keep;
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const near = el("div", { class: "duplicates", "aria-live": "polite" });
  const chips = el("div", { class: "chips", role: "radiogroup", "aria-label": gettext("What is wrong") });
  const places = el("div", { class: "chips", role: "radiogroup", "aria-label": gettext("Where it is") });
  const placeWords = el("p", { class: "hint", role: "status" });
  const mapBox = el("div", {});
  const save = el("button", { type: "button", class: "button primary", id: "save-problem" });
  const note = el("textarea", {
    class: "input",
    id: "problem-note",
    rows: 2,
    maxlength: 2000,
    placeholder: gettext("In words (optional)"),
    "aria-label": gettext("In words (optional)"),
  });
  note.value = entry.note;
  note.addEventListener("input", () => {
    entry.note = note.value;
    keep();
  });
  const photo = photoInput({
    draft: key,
    role: "before",
    notes: entry.photos,
    changed: async (notes) => {
      entry.photos = notes;
      await keep();
      drawSave();
    },
  });
  let allCategories = false;
  /** @type {ReturnType<typeof placeInput>|null} */
  let map = null;

  /** The place that the report names, as far as it is known. @returns {{lon: number, lat: number}|null} */
  const placeNow = () => {
    const { kind, id } = entry.where;
    if (kind === "asset") return catalogue.assetOfId(id) ?? null;
    if (kind === "site") return siteOf(patrol, id) ?? null;
    return kind === "map" ? entry.pin : position.here();
  };
  const drawChips = () => {
    const every = patrols.categories();
    const shown = allCategories
      ? every
      : every.filter((category, index) => index < CATEGORIES_AT_ONCE || category.code === entry.category);
    chips.replaceChildren(
      ...shown.map((category) =>
        chip(entry.category === category.code, `chip ${category.urgent ? "urgent" : ""}`, nameOf(category), {
          "data-category": category.code,
          onclick: () => {
            entry.category = category.code;
            drawAll();
            keep();
          },
        }),
      ),
      shown.length < every.length
        ? el(
            "button",
            {
              type: "button",
              class: "chip",
              onclick: () => {
                allCategories = true;
                drawChips();
              },
            },
            gettext("More…"),
          )
        : "",
      every.length ? "" : el("p", { class: "hint far" }, gettext("Go online once: the phone has no categories yet.")),
    );
  };
  const drawPlaces = () => {
    const options = optionsFor(entry.where, patrol);
    places.replaceChildren(
      ...options.map(({ where, words }) =>
        chip(same(where, entry.where), "chip", words, {
          "data-where": where.id ?? where.kind,
          onclick: () => choosePlace(where),
        }),
      ),
    );
    const here = position.here();
    const away = placeNow();
    placeWords.textContent =
      entry.where.kind === "here"
        ? here
          ? say(gettext("Where you stand, %(accuracy)s"), { accuracy: plusMinus(here.accuracy) })
          : gettext("No position now: choose an asset or a site, or set it on the map.")
        : here && away
          ? say(gettext("%(far)s away"), { far: metres(metresBetween(here, away)) })
          : "";
  };
  const choosePlace = (where) => {
    entry.where = where;
    entry.same_as = null;
    drawMap();
    drawAll();
    keep();
  };
  const drawMap = () => {
    map?.remove();
    map = null;
    mapBox.replaceChildren();
    if (entry.where.kind !== "map") return;
    map = placeInput({
      start: entry.pin,
      changed: (place) => {
        entry.pin = place;
        drawPlaces();
        drawNear();
        drawSave();
        keep();
      },
    });
    mapBox.replaceChildren(map.node);
    map.begin().catch((error) => toast(error.message, "bad"));
  };
  const drawNear = () => {
    const place = placeNow();
    const rows = patrols.nearCases({
      place,
      asset: entry.where.kind === "asset" ? entry.where.id : null,
      category: entry.category,
    });
    // A page that was thrown away is back before the phone knows where it is: what was chosen stays until it does.
    if (place && entry.same_as && !rows.some((row) => row.code === entry.same_as)) entry.same_as = null;
    near.hidden = !rows.length;
    near.replaceChildren(
      el("p", { class: "duplicates-title" }, icon("alert", "icon small"), gettext("Is it one of these, open already?")),
      el("ul", { class: "near-cases" }, ...rows.map((row) => el("li", {}, nearRow(row)))),
    );
  };
  const nearRow = (row) =>
    el(
      "div",
      { class: "near-case", "data-case": row.code },
      el(
        "span",
        {},
        el("b", {}, nameOf(patrols.categoryOf(row.category)) || row.category),
        el(
          "small",
          {},
          [row.words, clock(Date.parse(row.reported_at)), Number.isFinite(row.metres) && metres(row.metres)]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
      el(
        "button",
        {
          type: "button",
          class: "button small",
          "aria-pressed": String(entry.same_as === row.code),
          onclick: () => {
            entry.same_as = entry.same_as === row.code ? null : row.code;
            if (entry.same_as) entry.category = row.category;
            drawAll();
            keep();
          },
        },
        entry.same_as === row.code ? icon("check", "icon small") : "",
        gettext("Add mine to it"),
      ),
    );
  const drawSave = () => {
    save.disabled = !entry.category;
    save.textContent = entry.same_as ? gettext("Add to the case") : gettext("Report");
  };
  const drawAll = () => {
    drawChips();
    drawPlaces();
    drawNear();
    drawSave();
  };
  const made = () => {
    if (!entry.category) throw new Error(gettext("Choose what is wrong."));
    if (!entry.photos.length) throw new Error(gettext("Take a photo of it."));
    if (!placeNow()) throw new Error(gettext("Say where it is: an asset, a site, or a place on the map."));
    map?.sureEnough();
    return [deed(entry, patrol)];
  };
  save.addEventListener("click", async () => {
    const visited = router.visit();
    if (!(await form.save(made, { button: save, problem }))) return;
    if (entry.category) await patrols.noteUse(entry.category);
    toast(
      navigator.onLine
        ? gettext("Saved on the phone, being sent")
        : gettext("Saved on the phone; it is sent when there is a network"),
    );
    router.leave(visited);
    wakeWhenOnline();
    sync.send();
  });

  root.replaceChildren(
    pageHead(gettext("Report a problem"), router.back),
    el(
      "div",
      { class: "page-scroll" },
      el(
        "div",
        { class: "form problem-form" },
        near,
        el("div", { class: "field-group" }, el("span", { class: "section-title" }, gettext("What is wrong")), chips),
        el("div", { class: "field-group" }, photo.shots),
        el(
          "div",
          { class: "field-group" },
          el("span", { class: "section-title" }, gettext("Where it is")),
          places,
          placeWords,
          mapBox,
        ),
        note,
        patrol && el("p", { class: "hint" }, say(gettext("On the patrol of %(team)s"), { team: patrol.team })),
      ),
    ),
    el("div", { class: "area-foot" }, problem, el("div", { class: "pair end-heavy" }, photo.button, save)),
  );
  drawMap();
  drawAll();
  const moved = () => {
    if (entry.where.kind !== "here") return;
    drawPlaces();
    drawNear();
    drawSave();
  };
  position.events.addEventListener("changed", moved);
  return () => {
    position.events.removeEventListener("changed", moved);
    map?.remove();
  };
}

const siteOf = (patrol, code) => patrol?.stops.find((stop) => stop.code === code);

const same = (a, b) => a.kind === b.kind && a.id === b.id;

/** What a report can be put at: where one stands, what stands around, what was chosen, a place on the map. */
function optionsFor(current, patrol) {
  const here = position.here();
  const assets = patrols.nearAssets(here, ASSETS_WITHIN, MOST_ASSETS).map(({ asset }) => asset);
  const sites = (patrol?.stops ?? [])
    .map((stop) => ({ stop, far: here ? metresBetween(here, stop) : Number.POSITIVE_INFINITY }))
    .filter(({ far }) => far <= SITES_WITHIN)
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_SITES)
    .map(({ stop }) => stop);
  const rows = [
    { where: { kind: "here", id: null }, words: gettext("Where I stand") },
    ...assets.map((asset) => ({ where: { kind: "asset", id: asset.uid }, words: titleOf(asset) })),
    ...sites.map((stop) => ({ where: { kind: "site", id: stop.code }, words: stop.name })),
    { where: { kind: "map", id: null }, words: gettext("On the map") },
  ];
  if (!rows.some(({ where }) => same(where, current)))
    rows.splice(1, 0, { where: current, words: nameOfPlace(current, patrol) });
  return rows;
}

function nameOfPlace({ kind, id }, patrol) {
  if (kind === "asset") {
    const asset = catalogue.assetOfId(id);
    return asset ? titleOf(asset) : gettext("Asset");
  }
  return siteOf(patrol, id)?.name ?? id ?? "";
}

const chip = (isChecked, className, words, attributes) =>
  el(
    "button",
    { type: "button", role: "radio", class: className, "aria-checked": String(isChecked), ...attributes },
    words,
  );

/** What is written down. The place goes along with a case that it is added to: that may be closed by then. */
function deed(entry, patrol) {
  const { kind, id } = entry.where;
  const here = position.forRecord();
  const place = kind === "map" ? entry.pin : kind === "here" ? here : null;
  const name = nameOf(patrols.categoryOf(entry.category)) || entry.category;
  return {
    kind: "problem",
    asset: kind === "asset" ? id : null,
    position: here,
    fields: {
      category: entry.category,
      note: entry.note.trim(),
      patrol: patrol?.uid ?? null,
      site: kind === "site" ? id : null,
      place,
      same_as: entry.same_as,
    },
    photos: entry.photos,
    title: kind === "asset" || kind === "site" ? `${name} · ${nameOfPlace(entry.where, patrol)}` : name,
  };
}
