/**
 * Sending the outbox: when, in what pieces, and what each answer means.
 *
 * One bad record never holds up the others: a batch the server chokes on is halved until the bad one stands alone, and
 * that one then waits by itself. A refused token, a full server or no network ends the run; nothing is thrown away.
 */
import * as catalogue from "field/down/catalogue";
import * as outbox from "field/up/outbox";
import { sendPhotos } from "field/up/photo_queue";
import * as server from "field/phone/server";
import * as session from "field/phone/session";
import * as store from "field/phone/store";

const BATCH = 50;
/** Alone and still failing so often in a row: it is the server, not the records. */
const FAILURES_THAT_MEAN_THE_SERVER = 3;
const FIRST_WAIT = 5_000; // ms
const LONGEST_WAIT = 300_000;
const EVERY = 60_000;
/** Differences of the phone's clock that people should know of, in ms. */
const CLOCK_DRIFT = 300_000;

/**
 * What the page tells about sending.
 * @typedef {{running: boolean, problem: "offline"|"signed-out"|"forbidden"|"server"|"storage"|null,
 *   message: string|null, lastAnswer: number|null, drift: number, failures: number, notBefore: number}} Status
 */

/** @type {Status} */
export const status = {
  running: false,
  problem: null,
  message: null,
  lastAnswer: null,
  drift: 0,
  failures: 0,
  notBefore: 0,
};

/** What may be worth doing after the outbox has been emptied (fetching what others did). @type {(() => Promise<void>)[]} */
const afterwards = [];
/** @param {() => Promise<void>} work */
export const afterSending = (work) => afterwards.push(work);

/** Starts the page's habits: on start, on the network's return, on becoming visible, every minute. */
export function begin() {
  window.addEventListener("online", sendNow);
  window.addEventListener("offline", () => outbox.announce());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  navigator.serviceWorker?.addEventListener("message", (event) => event.data === "send" && sendNow());
  setInterval(send, EVERY);
  return send();
}

/** Sends at once, whatever the last tries were like: the button, and the network's return. */
export async function sendNow() {
  // A run under way may have passed by what is to be sent now, and may yet fail and ask for patience.
  await current;
  status.notBefore = 0;
  status.failures = 0;
  await store.transaction(["records", "photos"], "readwrite", async (tx) => {
    for (const name of /** @type {const} */ (["records", "photos"])) {
      for (const row of await tx.objectStore(name).getAll()) {
        if (row.next_try > 0) await tx.objectStore(name).put({ ...row, next_try: 0 });
      }
    }
  });
  await send();
}

/** The run under way, or the last one. @type {Promise<void>} */
let current = Promise.resolve();
/** Whether somebody asked while it ran, perhaps for what it had passed by already. */
let askedMeanwhile = false;

/** Sends what is due. While a run is under way, in this tab or in another one, this one's follows it. */
export function send() {
  if (status.running) askedMeanwhile = true;
  else current = sendWhileAsked();
  return current;
}

async function sendWhileAsked() {
  do {
    askedMeanwhile = false;
    if (Date.now() < status.notBefore) return;
    if (!session.token()) {
      outbox.announce();
      return;
    }
    status.running = true;
    outbox.announce();
    try {
      await alone(run);
    } finally {
      status.running = false;
      outbox.sending.clear();
      outbox.announce();
    }
  } while (askedMeanwhile);
}

/** Runs `work` when no other tab does. Browsers without locks are one-tab phones. */
const alone = (work) => (navigator.locks ? navigator.locks.request("field-sending", work) : work());

async function run() {
  try {
    await sendRecords();
    await sendPhotos();
    wellAgain();
    status.failures = 0;
    await outbox.forgetOld();
    await fetchNews();
  } catch (error) {
    note(error);
  }
}

/** What the server will not tell us must not keep us from sending: the next minute asks again. */
async function fetchNews() {
  try {
    for (const work of afterwards) await work();
  } catch (error) {
    if (!(error instanceof server.Refused) || error.status === 401) throw error;
  }
}

function note(error) {
  status.message = error.message;
  if (error instanceof server.Unreachable) {
    // No network is no failure of anybody's: the next occasion tries again.
    status.problem = navigator.onLine ? "server" : "offline";
    if (navigator.onLine) wait();
    else status.message = gettext("There is no network. Everything is sent by itself when there is one.");
  } else if (error instanceof store.StorageProblem) {
    status.problem = "storage";
  } else if (error instanceof server.Refused && error.status === 401) {
    status.problem = "signed-out";
  } else if (error instanceof server.Refused && error.status === 403) {
    status.problem = "forbidden";
    wait(error.retryAfter);
  } else if (error instanceof server.Refused) {
    status.problem = "server";
    wait(error.retryAfter);
  } else {
    status.problem = "server";
    wait();
    // A fault of ours: it must not be silent.
    reportError(error);
  }
}

/** Waits longer after each failure, a little differently on each phone. @param {number|null} [seconds] the server's wish */
function wait(seconds = null) {
  status.failures += 1;
  status.notBefore = Date.now() + (seconds ? seconds * 1000 : pause(status.failures));
}

/** @param {number} tries @returns {number} ms */
export const pause = (tries) => Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)) * (0.75 + Math.random() / 2);

async function sendRecords() {
  let most = BATCH;
  let failuresAlone = 0;
  for (;;) {
    const batch = dueOf(await outbox.records(), Date.now()).slice(0, most);
    if (!batch.length) return;
    mark(batch);
    try {
      const answer = await server.post("sync", {
        device_time: outbox.withOffset(new Date()),
        ops: batch.map((record) => record.op),
      });
      await take(batch, answer);
      failuresAlone = 0;
      most = Math.min(BATCH, most * 2);
    } catch (error) {
      if (!mayBeOneRecord(error)) throw error;
      if (batch.length > 1) {
        most = Math.ceil(batch.length / 2);
        continue;
      }
      await putOff(batch[0], error.message);
      failuresAlone += 1;
      if (failuresAlone >= FAILURES_THAT_MEAN_THE_SERVER) throw error;
    } finally {
      mark([]);
    }
  }
}

/** Whether another batch may fare better: not when the request itself was refused. */
const mayBeOneRecord = (error) =>
  error instanceof server.Refused && ![401, 403, 429].includes(error.status) && error.status !== 503;

function mark(batch) {
  outbox.sending.clear();
  for (const record of batch) outbox.sending.add(record.op_id);
  outbox.announce();
}

/**
 * The records to send now, in the order they were made. What belongs to an asset that this phone has made waits until
 * the asset is on its way.
 * @param {import("field/up/outbox").Record[]} records @param {number} now
 */
export function dueOf(records, now) {
  const held = new Set();
  const due = [];
  for (const record of records) {
    if (record.state === "confirmed" || outbox.isLocked(record)) continue;
    const ready = record.state === "waiting" && record.next_try <= now && !held.has(record.op.asset);
    if (ready) due.push(record);
    else if (record.op.kind === "create") held.add(record.op.asset);
  }
  return due;
}

/** What the last attempt ran into is over with the first answer of this one, not only once everything is sent. */
function wellAgain() {
  status.problem = null;
  status.message = null;
}

async function take(batch, answer) {
  wellAgain();
  status.lastAnswer = Date.now();
  const drift = Date.now() - Date.parse(answer.server_time);
  status.drift = Math.abs(drift) > CLOCK_DRIFT ? drift : 0;
  const results = new Map(answer.results.map((result) => [result.op_id, result]));
  const settled = batch.map((record) => afterResult(record, results.get(record.op_id)));
  await store.transaction("records", "readwrite", async (tx) => {
    for (const record of settled) await tx.objectStore("records").put(record);
  });
  await catalogue.applyConfirmed(
    settled.filter((record) => record.state === "confirmed"),
    results,
  );
  outbox.announce();
}

const SETTLED = ["applied", "merged", "conflict"];

/**
 * What a record is after the server's word on it; without a word it is as it was, only later.
 * @param {import("field/up/outbox").Record} record
 */
export function afterResult(record, result) {
  if (!result) return later(record, null);
  const verdict = result.status === "duplicate" ? { ...result, ...result.first } : result;
  const words = { status: verdict.status, reason: verdict.reason ?? null, message: verdict.message ?? null };
  if (SETTLED.includes(verdict.status)) {
    return { ...record, ...words, state: "confirmed", confirmed_at: Date.now() };
  }
  if (verdict.status === "rejected") return { ...record, ...words, state: "attention" };
  return { ...later(record, words.message), status: verdict.status, reason: words.reason };
}

const later = (record, message) => ({
  ...record,
  message,
  tries: record.tries + 1,
  next_try: Date.now() + pause(record.tries + 1),
});

const putOff = (record, message) => store.put("records", later(record, message));
