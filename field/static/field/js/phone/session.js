/**
 * Who holds this phone: the device's token and the person it belongs to.
 *
 * The person signs in on the ordinary sign-in page; the page then asks for a token of this phone, which is sent in a
 * header. A refused token is thrown away, never the work: records stay, and stay theirs.
 */
import * as store from "field/phone/store";
import * as tabs from "field/phone/tabs";

/**
 * @typedef {{id: number, username: string, name: string}} Person
 * @typedef {{token: string|null, uid: string, user: Person, expires_at: string,
 *   can?: Record<string, boolean>, roles?: object[], units?: {id: number, name: string}[]}} Device
 */

/** Tells `changed` after every change. */
export const events = new EventTarget();

/** @type {Device|null} */
let device = null;

/** Reads what the phone remembers; once, at the start. */
export async function load() {
  device = (await store.fact("device")) ?? null;
}

/** The person whose records this phone may send and show; null before anybody has signed in. @returns {Person|null} */
export const person = () => device?.user ?? null;

/** The secret to send in the Authorization header, or null. */
export const token = () => device?.token ?? null;

/** Whether somebody has used this phone whose token is no longer accepted. */
export const mustSignIn = () => !device?.token;

/** The phone's own id on the server, for revoking it. */
export const deviceId = () => device?.uid ?? null;

/** Whether the person may do a thing (`register`, `inspect`, `edit`, `move`, `do_maintenance`); the server decides. */
export const may = (verb) => device?.can?.[verb] ?? true;

/** The units the person works in. */
export const units = () => device?.units ?? [];

/** Who has signed in in this browser, as the sign-in page leaves it in a cookie; null when that is nobody. */
const signedIn = () => Number(document.cookie.match(/(?:^|;\s*)person=(\d+)/)?.[1]) || null;

/**
 * Whether somebody else has signed in since this phone was given its token. The page belongs to whoever is signed in:
 * nothing may be recorded, sent or shown as the one before.
 * @param {number|null} [whoever] who is signed in, when the server has just said so
 */
export const hasChangedHands = (whoever = signedIn()) => Boolean(device && whoever && whoever !== device.user.id);

/** Somebody else has signed in; what was to be saved would have become a record of the one before. */
export class ChangedHands extends Error {
  constructor() {
    super(gettext("Somebody else has signed in on this phone. Load the page again."));
  }
}

/** @param {Device} given */
export async function remember(given) {
  await keep(given);
}

/** Adds what the server says about the person. */
export async function learn(me) {
  if (device) await keep({ ...device, user: me.user, can: me.can, roles: me.roles, units: me.units });
}

/** The server no longer takes the token: whoever it is must sign in, and nothing else is forgotten. */
export async function refused() {
  if (device?.token) await keep({ ...device, token: null });
}

/** The person hands the phone to somebody else. Records stay, locked until the person signs in again. */
export async function leave() {
  await keep(null);
}

async function keep(changed) {
  await store.setFact("device", changed);
  device = changed;
  events.dispatchEvent(new Event("changed"));
  tabs.tell("session");
}

tabs.hear("session", async () => {
  await load();
  events.dispatchEvent(new Event("changed"));
});

/** Where to sign in and come back from. */
export const signInAddress = () => `/sign-in/?next=${encodeURIComponent("/field/")}`;
