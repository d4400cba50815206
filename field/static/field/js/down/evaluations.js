/**
 * The person's sites of open evaluation rounds, their forms and what the catalogue has there, as far as this phone knows;
 * and over them what was recorded here, so that a site is done at once and not only when there is a network again.
 *
 * The server sends all of it as one document, which replaces the one before.
 */
import * as outbox from "field/up/outbox";
import * as server from "field/phone/server";
import * as session from "field/phone/session";
import * as store from "field/phone/store";
import * as tabs from "field/phone/tabs";

/**
 * @typedef {{uid: string, name: string, announced: boolean, raises_cases: boolean, ends_on: string, state: string,
 *   remarks: string, edition: string, draft: boolean, third_answer: boolean, apart: number,
 *   apart_indoors: number}} Round
 * @typedef {{round: string, form: string, code: string, name: string, kind: {zh: string, en: string}, lon: number,
 *   lat: number, address: string, visited: boolean, pieces: import("field/down/judging").Piece[]}} Site
 * @typedef {{rounds: Round[], forms: Record<string, import("field/down/judging").Item[]>, sites: Site[],
 *   sites_matched: number}} Document
 */

const FACT = "evaluations";
/** @returns {Document} */
const nothing = () => ({ rounds: [], forms: {}, sites: [], sites_matched: 0 });

/** Tells `changed` when something on the screen may be different now. */
export const events = new EventTarget();

let held = nothing();
/** What was recorded on this phone: round and site; what the server refused is none of it. @type {Set<string>} */
let recorded = new Set();

/** Reads everything from the phone's storage. */
export async function load() {
  held = (await store.fact(FACT)) ?? nothing();
  await overlay();
}

outbox.events.addEventListener("changed", () => overlay().catch(store.reportUnlessGone));
tabs.hear("catalogue", () => load().catch(store.reportUnlessGone));

const nameOfVisit = (round, site) => `${round}/${site}`;

async function overlay() {
  const mine = (await outbox.records()).filter((record) => record.state !== "attention" && !outbox.isLocked(record));
  recorded = new Set(
    mine.filter(({ op }) => op.kind === "evaluation").map(({ op }) => nameOfVisit(op.fields.round, op.fields.site)),
  );
  events.dispatchEvent(new Event("changed"));
}

/** Fetches the document anew; only for whom there is something in it. */
export async function refresh() {
  if (!session.may("evaluate")) return;
  await store.setFact(FACT, await server.read("evaluations"));
  await load();
  tabs.tell("catalogue");
}

/** Whether a site was visited, here or as the server knows. @param {Site} site */
export const isDone = (site) => site.visited || recorded.has(nameOfVisit(site.round, site.code));

/**
 * What was registered on this phone at a site because the catalogue did not know it.
 * @param {string} round @param {string} site @returns {Promise<string[]>} titles, the oldest first
 */
export const piecesFound = async (round, site) =>
  (await outbox.records())
    .filter((record) => record.op.kind === "create" && !outbox.isLocked(record))
    .filter(({ op }) => op.fields.round === round && op.fields.site === site)
    .map((record) => record.title);

/** The sites of every round, those to be visited and those done. @returns {Site[]} */
export const sites = () => held.sites;

/** How many there are in all; a phone is given the first few hundred. */
export const sitesMatched = () => held.sites_matched;

/** @param {string} uid @returns {Round|undefined} */
export const roundOf = (uid) => held.rounds.find((round) => round.uid === uid);

/** @param {string} round @param {string} code @returns {Site|undefined} */
export const siteOf = (round, code) => held.sites.find((site) => site.round === round && site.code === code);

/** @param {Site} site @returns {import("field/down/judging").Item[]} */
export const formOf = (site) => held.forms[site.form] ?? [];
