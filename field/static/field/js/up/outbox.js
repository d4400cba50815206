/**
 * The outbox: what was recorded on this phone and is not yet, or was just, confirmed by the server.
 *
 * A record is written, together with its pictures, in one transaction, before anybody is told that it is saved. The
 * operation in it never changes afterwards; only what became of it does.
 */
import * as session from "field/phone/session";
import * as store from "field/phone/store";
import * as tabs from "field/phone/tabs";
import { uuid7 } from "field/up/uuid";

/**
 * @typedef {{lon: number, lat: number, accuracy: number|null}} Position
 * @typedef {{sha256: string, size: number, type: string, taken_at: string, role: string}} PhotoNote
 * @typedef {{op_id: string, user: number, phone: string, seq: number, kind: string, asset: string|null,
 *   job: number|null, base_version: number|null, at: string, position: Position|null, fields: {[name: string]: any},
 *   photos: PhotoNote[]}} Operation
 * @typedef {"waiting"|"confirmed"|"attention"} State
 * @typedef {{op_id: string, op: Operation, user: number, person: string, title: string, state: State,
 *   status: string|null, reason: string|null, message: string|null, tries: number, next_try: number,
 *   made_at: number, confirmed_at: number|null, photos_left: string[], photo_message?: string|null}} Record
 * @typedef {{sha256: string, bytes: ArrayBuffer, size: number, type: string, taken_at: string, user: number|null,
 *   op_ids: string[], draft: string|null, state: "waiting"|"attention", message: string|null, tries: number,
 *   next_try: number}} KeptPhoto
 */

const CONFIRMED_KEPT = 200;

/** Tells `changed` whenever a record or a picture has changed. */
export const events = new EventTarget();

/** Records that are on the wire at this moment. @type {Set<string>} */
export const sending = new Set();

const drawAnew = () => events.dispatchEvent(new Event("changed"));

function changed() {
  drawAnew();
  tabs.tell("outbox");
}

tabs.hear("outbox", drawAnew);

/** Tells everybody that looks at the outbox to look again. */
export const announce = changed;

/**
 * What somebody did, before it has an id.
 * @typedef {{kind: string, asset?: string|null, job?: number|null, base_version?: number|null,
 *   position?: Position|null, fields: {[name: string]: any}, photos?: PhotoNote[], title: string}} Deed
 */

/**
 * Writes deeds down, in this order, all or none. When this returns they are on the phone to stay.
 * @param {Deed[]} deeds
 * @param {string|null} [draft] the key of the draft they come from, which ends with this
 * @returns {Promise<Record[]>}
 * @throws {store.StorageProblem}
 */
export async function save(deeds, draft = null) {
  if (session.hasChangedHands()) throw new session.ChangedHands();
  const person = session.person();
  const at = new Date();
  const phone = await phoneId();
  let records = [];
  await store.transaction(["records", "photos", "drafts", "facts"], "readwrite", async (tx) => {
    let seq = (await tx.objectStore("facts").get("seq")) ?? 0;
    records = deeds.map((deed) => recordOf(deed, person, at, phone, ++seq));
    await tx.objectStore("facts").put(seq, "seq");
    for (const record of records) {
      await tx.objectStore("records").put(record);
      for (const note of record.op.photos) await claim(tx, note.sha256, record.op_id);
    }
    if (draft) await tx.objectStore("drafts").delete(draft);
  });
  changed();
  return records;
}

/** This installation's own id, made once: its operations are counted under it. @returns {Promise<string>} */
export async function phoneId() {
  return store.transaction("facts", "readwrite", async (tx) => {
    const facts = tx.objectStore("facts");
    const existing = await facts.get("phone");
    if (existing) return existing;
    const made = crypto.randomUUID();
    await facts.put(made, "phone");
    return made;
  });
}

/** @returns {Record} */
function recordOf(deed, person, at, phone, seq) {
  const photos = deed.photos ?? [];
  const op = {
    op_id: uuid7(),
    user: person.id,
    phone,
    seq,
    kind: deed.kind,
    asset: deed.asset ?? null,
    job: deed.job ?? null,
    base_version: deed.base_version ?? null,
    at: withOffset(at),
    position: deed.position ?? null,
    fields: deed.fields,
    photos,
  };
  return {
    op_id: op.op_id,
    op,
    user: person.id,
    person: person.name || person.username,
    title: deed.title,
    state: "waiting",
    status: null,
    reason: null,
    message: null,
    tries: 0,
    next_try: 0,
    made_at: at.getTime(),
    confirmed_at: null,
    photos_left: photos.map((note) => note.sha256),
    photo_message: null,
  };
}

async function claim(tx, sha256, opId) {
  const photo = await tx.objectStore("photos").get(sha256);
  if (!photo) throw new Error(`The picture ${sha256} is not on the phone.`);
  await tx.objectStore("photos").put({ ...photo, op_ids: [...photo.op_ids, opId], draft: null });
}

/** "2026-11-24T14:02:11.250+08:00": the phone's own time, with its own offset. @param {Date} date */
export function withOffset(date) {
  const minutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** Every record, the oldest first, which is the order they were made in. @returns {Promise<Record[]>} */
export const records = () => store.all("records");

/** Whether a record belongs to somebody else who used this phone. @param {Record} record */
export const isLocked = (record) => record.user !== session.person()?.id;

/** Whether the server has everything of a record, pictures too. @param {Record} record */
export const isDone = (record) => record.state === "confirmed" && record.photos_left.length === 0;

/** Whether somebody should look at it. @param {Record} record */
export const needsAttention = (record) =>
  record.state === "attention" || (record.state === "confirmed" && Boolean(record.photo_message));

/**
 * The counts that are always on the screen. Sending is part of neither of the others.
 * @param {Record[]} every @returns {{waiting: number, sending: number, attention: number, locked: number}}
 */
export function countsOf(every) {
  const counts = { waiting: 0, sending: 0, attention: 0, locked: 0 };
  for (const record of every) {
    if (isDone(record)) continue;
    if (isLocked(record)) counts.locked += 1;
    else if (sending.has(record.op_id)) counts.sending += 1;
    else if (needsAttention(record)) counts.attention += 1;
    else counts.waiting += 1;
  }
  return counts;
}

/**
 * Tries a record that needs attention again. What the server refused it keeps under that id, and the office may have
 * put it right since: sent again, the same operation brings what became of it, and can never be done twice.
 * @param {Record} record
 */
export async function retry(record) {
  const state = record.state === "attention" ? "waiting" : record.state;
  await store.transaction(["records", "photos"], "readwrite", async (tx) => {
    const photos = tx.objectStore("photos");
    for (const sha256 of record.photos_left) {
      const photo = await photos.get(sha256);
      if (photo) await photos.put({ ...photo, state: "waiting", message: null, tries: 0, next_try: 0 });
    }
    await tx.objectStore("records").put({ ...record, state, tries: 0, next_try: 0, photo_message: null });
  });
  changed();
}

/** Takes a record and the pictures that only it has off the phone; somebody has said so twice. @param {Record} record */
export async function discard(record) {
  await store.transaction(["records", "photos"], "readwrite", async (tx) => {
    const photos = tx.objectStore("photos");
    for (const sha256 of record.photos_left) {
      const photo = await photos.get(sha256);
      if (!photo) continue;
      const op_ids = photo.op_ids.filter((id) => id !== record.op_id);
      if (op_ids.length) await photos.put({ ...photo, op_ids });
      else await photos.delete(sha256);
    }
    await tx.objectStore("records").delete(record.op_id);
  });
  changed();
}

/** Forgets what the server confirmed long ago, so that the phone does not fill up. */
export async function forgetOld() {
  const done = (await records()).filter(isDone).sort((a, b) => (b.confirmed_at ?? 0) - (a.confirmed_at ?? 0));
  const old = done.slice(CONFIRMED_KEPT);
  if (!old.length) return;
  await store.transaction("records", "readwrite", async (tx) => {
    for (const record of old) await tx.objectStore("records").delete(record.op_id);
  });
  changed();
}
