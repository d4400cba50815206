/**
 * The patrols of the person's teams, the categories of problems and the open cases nearby, as far as this phone knows;
 * and over them what was recorded here, so that a site is done at once and not only when there is a network again.
 *
 * The server sends all of it as one document, which replaces the one before.
 */
import { metresBetween } from "web/distance";
import * as catalogue from "field/down/catalogue";
import * as outbox from "field/up/outbox";
import * as server from "field/phone/server";
import * as session from "field/phone/session";
import * as store from "field/phone/store";
import * as tabs from "field/phone/tabs";

/**
 * @typedef {{code: string, name: string, kind: {zh: string, en: string}, lon: number, lat: number, address: string,
 *   visited: boolean, found: boolean}} Stop
 * @typedef {{uid: string, team: string, planned_for: string, announced: boolean, campaign: string, remarks: string,
 *   state: "planned"|"underway"|"ended", started_at: string|null, ended_at: string|null, people: number|null,
 *   places: string[], stops: Stop[]}} Patrol
 * @typedef {{code: string, zh: string, en: string, urgent: boolean}} Category
 * @typedef {{code: string, category: string, asset: string|null, lon: number, lat: number, state: string,
 *   reported_at: string, words: string}} OpenCase
 * @typedef {{patrols: Patrol[], categories: Category[], cases: OpenCase[], cases_matched: number}} Document
 */

/** A case within so many metres may be about the same (as the desk's own list says). */
const SAME_WITHIN = 50;
const MOST_NEAR = 4;
const FACT = "patrols";
const USED = "categories_used";

/** Tells `changed` when something on the screen may be different now. */
export const events = new EventTarget();

/** @type {Document} */
let held = { patrols: [], categories: [], cases: [], cases_matched: 0 };
/** What was recorded on this phone, by patrol; what the server refused is none of it. @type {Map<string, outbox.Operation[]>} */
let recorded = new Map();
/** Codes of categories, the last used first. @type {string[]} */
let used = [];

/** Reads everything from the phone's storage. */
export async function load() {
  const [kept, lastUsed] = await Promise.all([store.fact(FACT), store.fact(USED)]);
  held = kept ?? { patrols: [], categories: [], cases: [], cases_matched: 0 };
  used = lastUsed ?? [];
  await overlay();
}

outbox.events.addEventListener("changed", () => overlay().catch(store.reportUnlessGone));
tabs.hear("catalogue", () => load().catch(store.reportUnlessGone));

async function overlay() {
  const mine = (await outbox.records()).filter((record) => record.state !== "attention" && !outbox.isLocked(record));
  recorded = new Map();
  for (const { op } of mine) {
    const uid = op.fields.patrol;
    if (uid) recorded.set(uid, [...(recorded.get(uid) ?? []), op]);
  }
  events.dispatchEvent(new Event("changed"));
}

/** Fetches the document anew; only for whom there is something in it. */
export async function refresh() {
  if (!session.may("patrol") && !session.may("report_problem")) return;
  const areas = ((await store.fact("areas")) ?? []).map((area) => area.code).join(",");
  const fresh = await server.read(areas ? `patrols?areas=${areas}` : "patrols");
  await store.setFact(FACT, fresh);
  await load();
  tabs.tell("catalogue");
}

/** The patrols to choose from, those under way first, then by their day. @returns {Patrol[]} */
export const every = () =>
  held.patrols.toSorted(
    (a, b) =>
      Number(stateOf(b) === "underway") - Number(stateOf(a) === "underway") ||
      a.planned_for.localeCompare(b.planned_for),
  );

/** @returns {Patrol|undefined} */
export const patrolOfId = (uid) => held.patrols.find((patrol) => patrol.uid === uid);

const has = (patrol, kind) => (recorded.get(patrol.uid) ?? []).some((op) => op.kind === kind);

/** How far a patrol is, with what was recorded here. @param {Patrol} patrol */
export function stateOf(patrol) {
  if (patrol.state === "ended" || has(patrol, "patrol_end")) return "ended";
  return patrol.state === "underway" || has(patrol, "patrol_start") ? "underway" : "planned";
}

/** The patrol that a report belongs to when nothing else says it: the one that is under way. @returns {Patrol|undefined} */
export const current = () => held.patrols.find((patrol) => stateOf(patrol) === "underway");

/** How many people set out, as far as is known. @param {Patrol} patrol @returns {number|null} */
export function peopleOf(patrol) {
  const here = (recorded.get(patrol.uid) ?? [])
    .filter((op) => op.kind === "patrol_start")
    .map((op) => op.fields.people);
  return Math.max(patrol.people ?? 0, ...here) || null;
}

/**
 * A patrol's sites with how each is.
 * @param {Patrol} patrol @returns {(Stop & {state: "open"|"visited"|"problem"})[]}
 */
export function stopsOf(patrol) {
  const ops = recorded.get(patrol.uid) ?? [];
  const at = (kind) => new Set(ops.filter((op) => op.kind === kind).map((op) => op.fields.site));
  const [visits, problems] = [at("patrol_visit"), at("problem")];
  return patrol.stops.map((stop) => ({
    ...stop,
    state:
      stop.found || problems.has(stop.code) ? "problem" : stop.visited || visits.has(stop.code) ? "visited" : "open",
  }));
}

/** How many problems were recorded on a patrol by this phone. @param {Patrol} patrol */
export const problemsOf = (patrol) => (recorded.get(patrol.uid) ?? []).filter((op) => op.kind === "problem").length;

/** The categories, the last used first, then as the office orders them. @returns {Category[]} */
export function categories() {
  const rank = (category) => {
    const place = used.indexOf(category.code);
    return place < 0 ? used.length : place;
  };
  return held.categories
    .map((category, index) => ({ category, index }))
    .sort((a, b) => rank(a.category) - rank(b.category) || a.index - b.index)
    .map(({ category }) => category);
}

/** @returns {Category|undefined} */
export const categoryOf = (code) => held.categories.find((category) => category.code === code);

/** Remembers what was used last. @param {string} code */
export async function noteUse(code) {
  used = [code, ...used.filter((other) => other !== code)].slice(0, 30);
  await store.setFact(USED, used);
}

/**
 * Open cases that may be about the same: on the asset, or within fifty metres, of the category if one is chosen.
 * @param {{place: {lon: number, lat: number}|null, asset: string|null, category: string|null}} about
 * @returns {(OpenCase & {metres: number})[]} the nearest first
 */
export function nearCases({ place, asset, category }) {
  return held.cases
    .map((openCase) => ({ ...openCase, metres: place ? metresBetween(place, openCase) : Number.POSITIVE_INFINITY }))
    .filter(
      (openCase) =>
        (asset && openCase.asset === asset) ||
        (openCase.metres <= SAME_WITHIN && (!category || openCase.category === category)),
    )
    .sort((a, b) => a.metres - b.metres)
    .slice(0, MOST_NEAR);
}

/**
 * The assets around a place that a problem may be at.
 * @param {{lon: number, lat: number}|null} place @param {number} within metres @param {number} most
 */
export const nearAssets = (place, within, most) => (place ? catalogue.within(place, within, most) : []);
