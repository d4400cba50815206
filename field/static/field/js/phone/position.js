/** Where the phone is: watched while the page is open, with how sure it is; directions from there. */

import { config } from "web/config";
import { metresBetween } from "web/distance";
import { there } from "web/dom";

const OPTIONS = { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 };
/** What the server calls far, beyond what the position leaves open. */
const FAR = there(config.farMetres, "What is far");
/** Older than this a position is where the phone was. */
const STALE = 120_000; // ms

/**
 * @typedef {{lon: number, lat: number, accuracy: number}} Mean accuracy in metres
 * @typedef {Mean & {at: number, heading: number|null}} Fix
 */

/** Tells `changed` on every new position and when there is none any more. */
export const events = new EventTarget();

/** @type {Fix|null} */
let fix = null;
/** @type {"denied"|"unavailable"|null} */
let trouble = null;
/** @type {number|null} */
let watching = null;

/** Starts watching; asks the person the first time. */
export function watch() {
  if (watching !== null || !navigator.geolocation) {
    if (!navigator.geolocation) trouble = "unavailable";
    return;
  }
  watching = navigator.geolocation.watchPosition(taken, failed, OPTIONS);
}

/** Asks again after the person has allowed it, or in another place. */
export function watchAgain() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
  watch();
}

function taken({ coords, timestamp }) {
  const { longitude: lon, latitude: lat, accuracy, heading } = coords;
  fix = { lon, lat, accuracy, heading: Number.isFinite(heading) ? heading : null, at: timestamp };
  trouble = null;
  events.dispatchEvent(new Event("changed"));
}

function failed(error) {
  trouble = error.code === error.PERMISSION_DENIED ? "denied" : "unavailable";
  events.dispatchEvent(new Event("changed"));
}

/** The last position, or null when there has been none for two minutes. @returns {Fix|null} */
export const here = () => (fix && Date.now() - fix.at < STALE ? fix : null);

/** The last position there was, however long ago: better than none for sorting a list. */
export const lastKnown = () => fix;

/** Why there is no position: "denied", "unavailable" or null. */
export const why = () => trouble;

/** What an operation records of it. @returns {import("field/up/outbox").Position|null} */
export function forRecord() {
  const now = here();
  return now && { lon: round(now.lon), lat: round(now.lat), accuracy: Math.round(now.accuracy * 10) / 10 };
}

/** A hundredth of a millimetre is nobody's position. @param {number} degrees */
export const round = (degrees) => Math.round(degrees * 1e7) / 1e7;

/**
 * Whether a record made here of something there is flagged for the office (docs/field-sync.md).
 * @param {Fix} here @param {{lon: number, lat: number}} there
 */
export const isFar = (here, there) => metresBetween(here, there) - here.accuracy > FAR;

/** Direction from `a` to `b`, in degrees clockwise from north. */
export function bearing(a, b) {
  const north = b.lat - a.lat;
  const east = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) * Math.PI) / 360);
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

/** A direction in words. @param {number} degrees */
export function directionName(degrees) {
  const names = [
    gettext("north"),
    gettext("northeast"),
    gettext("east"),
    gettext("southeast"),
    gettext("south"),
    gettext("southwest"),
    gettext("west"),
    gettext("northwest"),
  ];
  return names[Math.round(degrees / 45) % 8];
}

/**
 * The mean of what the phone measures for a while, each position by how sure it is.
 * @param {number} milliseconds @param {(sofar: Mean & {share: number}) => void} progress
 * @returns {Promise<Mean|null>} null when nothing was measured
 */
export function average(milliseconds, progress) {
  const began = Date.now();
  const first = here();
  const fixes = first ? [first] : [];
  return new Promise((resolve) => {
    const take = () => {
      const now = here();
      if (now && now.at !== fixes.at(-1)?.at) fixes.push(now);
      const mean = meanOf(fixes);
      if (mean) progress({ ...mean, share: Math.min(1, (Date.now() - began) / milliseconds) });
    };
    const ticking = setInterval(take, 250);
    setTimeout(() => {
      clearInterval(ticking);
      take();
      resolve(meanOf(fixes));
    }, milliseconds);
  });
}

/** Weighted by one over the accuracy squared. @param {Fix[]} fixes @returns {Mean|null} */
export function meanOf(fixes) {
  if (!fixes.length) return null;
  const weights = fixes.map((fix) => 1 / Math.max(1, fix.accuracy) ** 2);
  const sum = weights.reduce((a, b) => a + b, 0);
  const mean = (key) => fixes.reduce((total, fix, index) => total + fix[key] * weights[index], 0) / sum;
  // Errors of neighbouring seconds go together, so more of them do not make a position as sure as statistics says.
  const accuracy = Math.max(1, Math.min(...fixes.map((fix) => fix.accuracy)));
  return { lon: round(mean("lon")), lat: round(mean("lat")), accuracy: Math.round(accuracy * 10) / 10 };
}
