/**
 * The assets, jobs and lists the phone has, in memory; and over them what was recorded here and is not yet confirmed.
 *
 * A crew's area is some thousand assets, so everything is looked through plainly.
 */
import { there } from "web/dom";
import { metresBetween } from "web/distance";
import * as outbox from "field/up/outbox";
import { bearing } from "field/phone/position";
import { isLate } from "field/shell/say";
import * as server from "field/phone/server";
import * as store from "field/phone/store";
import * as tabs from "field/phone/tabs";

/**
 * @typedef {{uid: string, code: string|null, version: number|null, type: string, name: string, themes: string[],
 *   wording: string, condition: string, inspected_at: string|null, due: string|null, lifecycle: string, lon: number,
 *   lat: number, support: number|null, faces: number, address: string, building?: string, remarks?: string, facing?: string,
 *   material?: string, illuminated?: boolean|null, street: string|null, community: string|null,
 *   road: string|null, photo: string|null, large: boolean, provisional?: boolean}} Asset
 * @typedef {{id: number, asset: string, kind: string, state: string, priority: number, description: string,
 *   due_on: string|null, crew: string|null, mine: boolean, artwork: string|null, cost: string|null}} Job
 * @typedef {{code: string, zh: string, en: string, active?: boolean, order?: number}} Row
 */

/** After so many metres what stands about is asked for again. */
const WORTH_ASKING = 150;
/** So many that a new asset may be are offered. */
const MOST_ALIKE = 8;

/** @type {Map<string, Asset>} */
export const assets = new Map();
/** @type {Map<number, Job>} */
export const jobs = new Map();
/**
 * @type {{types: (Row & {symbol: string, family: string})[], themes: Row[], defects: (Row & {urgent: boolean})[],
 *   conditions: Row[], job_kinds: Row[]}}
 */
export const lists = { types: [], themes: [], defects: [], conditions: [], job_kinds: [] };

/** Tells `changed` when something on the screen may be different now. */
export const events = new EventTarget();
const changed = () => events.dispatchEvent(new Event("changed"));

/** What the server says stands about, while nothing has been downloaded; kept nowhere. @type {Map<string, Asset>} */
let around = new Map();
/** @type {{lon: number, lat: number}|null} */
let askedAt = null;
/** Inspections not confirmed yet, by asset. @type {Map<string, import("field/up/outbox").Record>} */
let unconfirmed = new Map();
/** Jobs' steps not confirmed yet, by job. */
let steps = new Map();
/** Assets made here that the server has not confirmed. @type {Map<string, Asset>} */
let made = new Map();

/** Reads everything from the phone's storage. */
export async function load() {
  const [kept, keptJobs, keptLists] = await Promise.all([store.all("assets"), store.all("jobs"), store.fact("lists")]);
  assets.clear();
  for (const asset of kept) assets.set(asset.uid, asset);
  if (kept.length) around.clear();
  jobs.clear();
  for (const job of keptJobs) jobs.set(job.id, job);
  Object.assign(lists, keptLists);
  await overlay();
}

/** Forgets what somebody downloaded, when the phone goes to somebody else; what they recorded stays. */
export async function forget() {
  await store.transaction(["assets", "jobs", "thumbs", "facts"], "readwrite", async (tx) => {
    for (const name of /** @type {const} */ (["assets", "jobs", "thumbs"])) await tx.objectStore(name).clear();
    for (const fact of ["areas", "readiness", "cursor", "patrols", "evaluations"])
      await tx.objectStore("facts").delete(fact);
  });
  around.clear();
  askedAt = null;
  await load();
  tabs.tell("catalogue");
}

outbox.events.addEventListener("changed", () => overlay().catch(store.reportUnlessGone));

/** Whoever changed the outbox is told; here what was known stays. */
tabs.hear("catalogue", () => load().catch(store.reportUnlessGone));

async function overlay() {
  const waiting = (await outbox.records()).filter((record) => record.state !== "confirmed" && !outbox.isLocked(record));
  const of = (kinds) => waiting.filter((record) => kinds.includes(record.op.kind));
  unconfirmed = new Map(
    of(["inspect"]).flatMap((record) =>
      [record.op.asset, ...(record.op.fields.also ?? [])].map((uid) => [uid, record]),
    ),
  );
  steps = new Map(of(["job_start", "job_pause", "job_done"]).map((record) => [record.op.job, record]));
  made = new Map(of(["create"]).map(({ op }) => [there(op.asset, "The new asset's uid"), assetOf(op)]));
  changed();
}

/** What the list shows of an asset that only this phone knows. @returns {Asset} */
function assetOf(op) {
  const { position, ...fields } = op.fields;
  return {
    condition: "unknown",
    inspected_at: null,
    due: null,
    lifecycle: "in_use",
    faces: 1,
    street: null,
    community: null,
    road: null,
    photo: null,
    large: false,
    wording: "",
    address: "",
    name: "",
    themes: [],
    support: null,
    ...fields,
    lon: position.lon,
    lat: position.lat,
    uid: op.asset,
    code: null,
    version: null,
    provisional: true,
  };
}

/** @returns {Asset|undefined} */
export const assetOfId = (uid) => assets.get(uid) ?? around.get(uid) ?? made.get(uid);

/** All there are, those made here too. @returns {Asset[]} */
export const every = () => [
  ...assets.values(),
  ...around.values(),
  ...[...made.values()].filter((asset) => !assets.has(asset.uid) && !around.has(asset.uid)),
];

/** Whether what is shown comes from the network and will be gone without it. */
export const isBorrowed = () => assets.size === 0 && around.size > 0;

/**
 * Asks the server what stands about a place, for a phone that has downloaded nothing; at most once within some steps.
 * Without a network nothing is shown, as before.
 * @param {{lon: number, lat: number}|null} place
 */
export async function lookAround(place) {
  if (!place || assets.size > 0 || (askedAt && metresBetween(askedAt, place) < WORTH_ASKING)) return;
  askedAt = place;
  try {
    const answer = await server.read(`near?lon=${place.lon.toFixed(6)}&lat=${place.lat.toFixed(6)}`);
    if (assets.size > 0) return;
    around = new Map(answer.assets.map((asset) => [asset.uid, asset]));
    Object.assign(lists, answer.lists);
    changed();
  } catch (error) {
    if (!(error instanceof server.Unreachable || error instanceof server.Refused)) throw error;
    askedAt = null;
  }
}

/**
 * How an asset is, as far as this phone knows.
 * @param {Asset} asset @returns {{condition: string, at: string|null, due: string|null, unconfirmed: boolean}}
 */
export function stateOf(asset) {
  const record = unconfirmed.get(asset.uid);
  if (record) {
    return { condition: record.op.fields.condition, at: record.op.at, due: null, unconfirmed: true };
  }
  return {
    condition: asset.condition,
    at: asset.inspected_at,
    due: asset.due,
    unconfirmed: Boolean(asset.provisional),
  };
}

const STATE_AFTER = { job_start: "in_progress", job_pause: "assigned", job_done: "done" };

/** A job's state, with what was recorded here. @param {Job} job */
export function jobState(job) {
  if (isToInspect(job) && unconfirmed.has(job.asset)) return { state: "done", unconfirmed: true };
  const record = steps.get(job.id);
  return { state: record ? STATE_AFTER[record.op.kind] : job.state, unconfirmed: Boolean(record) };
}

/** Whether reporting the asset's condition is all that the job asks for: the server then closes it by itself. */
export const isToInspect = (job) => job.kind === "inspect";

/** Jobs that are still to be done. */
export const openJobs = () =>
  [...jobs.values()].filter((job) => ["planned", "assigned", "in_progress"].includes(jobState(job).state));

/**
 * Assets with how far and where they are, the nearest first; without a place in the order of their codes.
 * @param {{lon: number, lat: number}|null} place @param {Asset[]} [among]
 * @returns {{asset: Asset, metres: number|null, direction: number|null}[]}
 */
export function byDistance(place, among = every()) {
  if (place) return sortedAbout(place, among);
  const sorted = [...among].sort((a, b) => (a.code ?? "").localeCompare(b.code ?? ""));
  return sorted.map((asset) => ({ asset, metres: null, direction: null }));
}

/** The same about a place that is known. @param {{lon: number, lat: number}} place @param {Asset[]} among */
const sortedAbout = (place, among) =>
  among
    .map((asset) => ({ asset, metres: metresBetween(place, asset), direction: bearing(place, asset) }))
    .sort((a, b) => a.metres - b.metres);

/**
 * The assets within some metres of a place, the nearest first.
 * @param {{lon: number, lat: number}} place @param {number} metres @param {number} most
 */
export const within = (place, metres, most) =>
  sortedAbout(place, every())
    .filter((row) => row.metres <= metres)
    .slice(0, most);

/**
 * What somebody may mean by a few digits or letters: the end of a code, else a part of name, wording or address.
 * @param {string} text @returns {Asset[]}
 */
export function find(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  if (/^\d+$/.test(wanted)) {
    const ends = every().filter((asset) => asset.code?.endsWith(wanted));
    if (ends.length || wanted.length > 8) return ends;
  }
  return every().filter((asset) =>
    [asset.name, asset.wording, asset.address, asset.code].some((field) => field?.toLowerCase().includes(wanted)),
  );
}

/** The asset of a plate: its whole code, also at the end of an address. @param {string} code */
export const assetOfCode = (code) => every().find((asset) => asset.code === code || asset.uid === code);

/** The other faces on an asset's support. @param {Asset} asset */
export const otherFaces = (asset) =>
  asset.support ? every().filter((other) => other.support === asset.support && other.uid !== asset.uid) : [];

/** What stands about a place: perhaps the very one. @param {{lon: number, lat: number}} place @param {number} metres */
export const nearDuplicates = (place, metres) => within(place, metres, MOST_ALIKE);

export const typeOf = (asset) => lists.types.find((type) => type.code === asset.type);

/** What people call an asset: its name, else its type and address. */
export function titleOf(asset, typeName) {
  return asset.name || [typeName, asset.address].filter(Boolean).join(" · ");
}

/** The six last digits, which people read off a plate. */
export const shortCode = (asset) => (asset.code ? `…${asset.code.slice(-6)}` : gettext("no code yet"));

/**
 * Makes what the server has confirmed the phone's own knowledge, so that the screen does not fall back to yesterday
 * until the next download.
 * @param {import("field/up/outbox").Record[]} records @param {Map<string, any>} results
 */
export async function applyConfirmed(records, results) {
  const touched = new Map();
  const finished = new Map();
  for (const { op, op_id, status } of records) {
    if (status === "conflict") continue;
    const answer = results.get(op_id)?.asset;
    for (const uid of [op.asset, ...(op.fields.also ?? [])].filter(Boolean)) {
      const before = touched.get(uid) ?? assets.get(uid) ?? (op.kind === "create" ? assetOf(op) : null);
      if (before) touched.set(uid, { ...after(before, op), ...(answer?.uid === uid ? identity(answer) : {}) });
    }
    const job = op.job === null ? undefined : jobs.get(op.job);
    if (job) finished.set(job.id, { ...job, state: STATE_AFTER[op.kind] ?? job.state });
    if (op.kind === "inspect") {
      const seen = new Set([op.asset, ...(op.fields.also ?? [])]);
      for (const other of jobs.values())
        if (isToInspect(other) && seen.has(other.asset)) finished.set(other.id, { ...other, state: "done" });
    }
  }
  await store.transaction(["assets", "jobs"], "readwrite", async (tx) => {
    for (const asset of touched.values()) await tx.objectStore("assets").put(asset);
    for (const job of finished.values()) await tx.objectStore("jobs").put(job);
  });
  for (const [uid, asset] of touched) assets.set(uid, asset);
  for (const [id, job] of finished) jobs.set(id, job);
  tabs.tell("catalogue");
}

const identity = ({ code, version }) => ({ code, version, provisional: false });

function after(asset, op) {
  if (op.kind === "inspect") {
    return { ...asset, condition: op.fields.condition, inspected_at: op.at, due: null };
  }
  if (op.kind === "edit") {
    const { position, ...fields } = op.fields;
    return { ...asset, ...fields, ...(position && { lon: position.lon, lat: position.lat }) };
  }
  if (op.kind === "job_done" && op.fields.resulting_condition) {
    return { ...asset, condition: op.fields.resulting_condition, inspected_at: op.at, due: null };
  }
  return asset;
}

/** How many open jobs are past their day. */
export const lateCount = () => openJobs().filter((job) => isLate(job.due_on)).length;
