/** Pieces of the screen that several views use. */
import { conditionName } from "mapping/conditions";
import { byId, el, icon, symbol } from "web/dom";
import * as catalogue from "field/down/catalogue";
import { directionName } from "field/phone/position";
import { daysUntil, dueInWords, isLate, metres, nameOf, say } from "field/shell/say";
import * as session from "field/phone/session";
import * as store from "field/phone/store";

/** Marks inside the dots, so that a condition can be told without its colour. */
const SIGNS = { good: null, minor: "–", damaged: "/", severe: "!", missing: "×", unknown: "?" };
const TOAST_TIME = 4_000; // ms
/** Cards tell what is due within so many days. */
const SOON = 30;

/** A condition's dot. @param {string} condition */
export function dot(condition, className = "") {
  const sign = condition === "good" ? icon("check", "icon") : SIGNS[condition];
  return el("span", { class: `dot ${condition} ${className}`, "aria-hidden": "true" }, sign);
}

/** Addresses of thumbnails shown in this visit. @type {Map<string, string>} */
const shown = new Map();

/** An asset's thumbnail, or its type's shape, with its condition in the corner. @param {catalogue.Asset} asset */
export function thumb(asset) {
  const { condition } = catalogue.stateOf(asset);
  const box = el(
    "span",
    { class: "thumb", "aria-hidden": "true" },
    symbol(catalogue.typeOf(asset)?.symbol ?? "sign"),
    dot(condition),
  );
  if (asset.photo) showThumb(box, asset);
  return box;
}

async function showThumb(box, asset) {
  const key = `${asset.uid} ${asset.photo}`;
  if (!shown.has(key)) {
    const kept = await store.get("thumbs", asset.uid).catch(() => null);
    if (!kept?.bytes) return;
    shown.set(key, URL.createObjectURL(new Blob([kept.bytes], { type: kept.type })));
  }
  box.querySelector(".symbol")?.replaceWith(el("img", { src: shown.get(key), alt: "", width: 64, height: 64 }));
}

/** @param {catalogue.Asset} asset */
export const typeName = (asset) => nameOf(catalogue.typeOf(asset)) || asset.type;

/** @param {catalogue.Asset} asset */
export const titleOf = (asset) => catalogue.titleOf(asset, typeName(asset));

/** What kind of job it is, in the page's language. @param {catalogue.Job} job */
export const jobName = (job) => nameOf(catalogue.lists.job_kinds.find((kind) => kind.code === job.kind)) || job.kind;

/** Where a job is done: one to inspect is done by reporting the condition. @param {catalogue.Job} job */
export const jobPath = (job) => (catalogue.isToInspect(job) ? `#/report/${job.asset}` : `#/job/${job.id}`);

/** What stands under an asset's title: type, condition, what is due. @param {catalogue.Asset} asset */
export function subtitle(asset) {
  const state = catalogue.stateOf(asset);
  const { due } = state;
  const late = due && daysUntil(due) <= SOON ? dueInWords(due) : null;
  return subLine(
    typeName(asset),
    conditionName(state.condition),
    late && el("span", { class: isLate(due) ? "late" : "" }, late),
    state.unconfirmed && waits(),
  );
}

/** The line under a card's title: pieces with points between them, none at the beginning or the end of a line. */
export const subLine = (...pieces) =>
  el(
    "span",
    { class: "card-sub" },
    ...pieces.filter(Boolean).map((piece) => (piece instanceof Node ? piece : el("span", {}, piece))),
  );

/** @returns {HTMLElement} what is said of all that the server has not confirmed */
export const waits = () => el("span", { class: "waits" }, gettext("waiting to be sent"));

/** How far and in which direction. @param {{metres: number|null, direction: number|null}} way */
export function far({ metres: distance, direction }) {
  if (distance === null || direction === null) return el("span", { class: "card-far" });
  const arrow = icon("arrow");
  arrow.style.transform = `rotate(${Math.round(direction)}deg)`;
  return el(
    "span",
    { class: "card-far" },
    el("span", {}, metres(distance)),
    arrow,
    el("span", { class: "visually-hidden" }, directionName(direction)),
  );
}

/** Where a card leads: to reporting the condition, or for whoever does not inspect to the asset. */
const pathOf = ({ uid }) => (session.may("inspect") ? `#/report/${uid}` : `#/asset/${uid}`);

/**
 * An asset as a card that leads to reporting its condition.
 * @param {{asset: catalogue.Asset, metres: number|null, direction: number|null}} row @param {string} [path]
 */
export function assetCard({ asset, ...way }, path = pathOf(asset)) {
  return el(
    "a",
    { class: "card", href: path, "data-uid": asset.uid },
    thumb(asset),
    el("span", {}, el("span", { class: "card-title" }, titleOf(asset)), subtitle(asset)),
    far(way),
  );
}

/** What a view shows when there is nothing. */
export const empty = (iconName, title, text, ...actions) =>
  el("div", { class: "empty" }, icon(iconName), el("h2", {}, title), text && el("p", {}, text), ...actions);

/** What a view shows before anything has been downloaded. */
export const noArea = () =>
  empty(
    "download",
    gettext("No area on this phone yet"),
    gettext("Download your area once, where there is a network. After that everything works without one."),
    el("a", { class: "button primary", href: "#/area" }, gettext("Download my area")),
  );

/** Says something in passing, once; readers of screens hear it too. */
export function toast(text, kind = "") {
  for (const earlier of document.querySelectorAll(".toast")) if (earlier.textContent === text) earlier.remove();
  const node = el("div", { class: `toast ${kind}` }, icon(kind === "bad" ? "alert" : "check"), el("span", {}, text));
  byId("toasts").append(node);
  setTimeout(() => node.remove(), kind === "bad" ? TOAST_TIME * 2 : TOAST_TIME);
}

/**
 * Asks before something that cannot be taken back.
 * @param {{title: string, text: string, yes: string, danger?: boolean}} words
 * @returns {Promise<boolean>}
 */
export function question({ title, text, yes, danger = false }) {
  return new Promise((resolve) => {
    const answer = (value) => () => {
      box.close();
      resolve(value);
    };
    const box = el(
      "dialog",
      {
        class: "question",
        "aria-labelledby": "question-title",
        oncancel: () => resolve(false),
        onclose: () => box.remove(),
      },
      el("h2", { id: "question-title" }, title),
      el("p", {}, text),
      el(
        "div",
        { class: "pair" },
        el("button", { class: "button", onclick: answer(false) }, gettext("Cancel")),
        el("button", { class: `button ${danger ? "danger" : "primary"}`, onclick: answer(true) }, yes),
      ),
    );
    document.body.append(box);
    box.showModal();
  });
}

/** A switch with its words. */
export function switchRow(words, hint, on, changed) {
  const row = el(
    "button",
    { type: "button", class: "switch-row", role: "switch", "aria-checked": String(on) },
    el("span", {}, words, hint && el("small", {}, hint)),
    el("span", { class: "switch", "aria-hidden": "true" }),
  );
  row.addEventListener("click", () => {
    const now = row.getAttribute("aria-checked") !== "true";
    row.setAttribute("aria-checked", String(now));
    changed(now);
  });
  return row;
}

/** The head of a page that lies on top. */
export const pageHead = (title, back, ...more) =>
  el(
    "header",
    { class: "head with-back" },
    el("button", { class: "icon-button", "aria-label": gettext("Back"), onclick: back }, icon("back")),
    el("h2", { tabindex: "-1", id: "overlay-title" }, title),
    ...more,
  );

/** How sure a position is, in words. @param {number} accuracy */
export const plusMinus = (accuracy) => say(gettext("±%(n)s m"), { n: Math.max(1, Math.round(accuracy)) });

/** A list of what is known, without what is not. @param {[string, any][]} rows */
export const facts = (rows) =>
  el(
    "dl",
    { class: "facts" },
    ...rows.filter(([, value]) => value).flatMap(([title, value]) => [el("dt", {}, title), el("dd", {}, value)]),
  );
