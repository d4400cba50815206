/**
 * What the phone keeps: one IndexedDB database, opened once and opened again when the browser closed it.
 *
 * Pictures are kept as ArrayBuffer, never as Blob: WebKit still loses Blobs it has promised to keep. Whatever goes
 * wrong here becomes a StorageProblem with a sentence for the reader, so that nobody is told "saved" in vain.
 */
import { openDB } from "idb";

const NAME = "tianqiao-field";
const VERSION = 2;

export class StorageProblem extends Error {
  /**
   * @param {"full"|"closed"|"newer"|"unavailable"} kind
   * @param {unknown} cause
   */
  constructor(kind, cause) {
    super(sentences()[kind]);
    this.kind = kind;
    this.cause = cause;
  }
}

const sentences = () => ({
  full: gettext(
    "The phone's storage is full, so this was not saved. Make room on the phone or send what is waiting, then save again.",
  ),
  closed: gettext("The browser closed its storage, so this was not saved. Your entries are still here: save again."),
  newer: gettext("This page has been renewed in another tab. Load it again; what you recorded is on the phone."),
  unavailable: gettext("This browser allows no storage (private browsing?), so nothing can be kept on the phone."),
});

/** Reports what went wrong in the background; that the storage is gone is said where somebody is at work. */
export function reportUnlessGone(/** @type {unknown} */ error) {
  if (!(error instanceof StorageProblem)) reportError(error);
}

/**
 * What lies in which store, and what its rows are found by.
 * @typedef {{
 *   records: {key: string, value: import("field/up/outbox").Record},
 *   photos: {key: string, value: import("field/up/outbox").KeptPhoto},
 *   drafts: {key: string, value: {key: string, values: any, user: number|null, at: number}},
 *   assets: {key: string, value: import("field/down/catalogue").Asset},
 *   jobs: {key: number, value: import("field/down/catalogue").Job},
 *   thumbs: {key: string, value: {uid: string, address: string, bytes: ArrayBuffer|null, type?: string}},
 *   tiles: {key: string, value: {key: string, bytes: ArrayBuffer}},
 *   facts: {key: string, value: any},
 * }} Stores
 * @typedef {keyof Stores} StoreName
 */

/** @type {Promise<import("idb").IDBPDatabase<Stores>>|null} */
let opening = null;

/** What is told when another tab brings a newer version of the page. */
export const events = new EventTarget();

function database() {
  opening ??= open();
  return opening;
}

function open() {
  const forget = () => {
    opening = null;
  };
  /** @type {import("idb").OpenDBCallbacks<Stores>} */
  const whenOpening = {
    upgrade(db, from) {
      if (from < 1) begin(db);
      if (from < 2) db.createObjectStore("tiles", { keyPath: "key" });
    },
    blocking(_from, _to, event) {
      /** @type {IDBDatabase} */ (event.target).close();
      forget();
      events.dispatchEvent(new Event("newer"));
    },
    terminated: forget,
  };
  return openDB(NAME, VERSION, whenOpening).catch((error) => {
    forget();
    throw new StorageProblem({ QuotaExceededError: "full", VersionError: "newer" }[error.name] ?? "unavailable", error);
  });
}

/** The first edition's stores. Later editions add to them: what is in them stays. @param {import("idb").IDBPDatabase<Stores>} db */
function begin(db) {
  db.createObjectStore("records", { keyPath: "op_id" });
  db.createObjectStore("photos", { keyPath: "sha256" });
  db.createObjectStore("drafts", { keyPath: "key" });
  db.createObjectStore("assets", { keyPath: "uid" });
  db.createObjectStore("jobs", { keyPath: "id" });
  db.createObjectStore("thumbs", { keyPath: "uid" });
  db.createObjectStore("facts");
}

/**
 * Runs one transaction and waits until the browser has written it; opens the database again, once, when it was closed
 * under it. `work` may therefore run twice, and only puts and gets in it.
 * @template T
 * @template {StoreName} Name
 * @template {"readonly"|"readwrite"} Mode
 * @param {Name|Name[]} stores
 * @param {Mode} mode
 * @param {(tx: import("idb").IDBPTransaction<Stores, Name[], Mode>) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function transaction(stores, mode, work) {
  try {
    return await attempt(stores, mode, work);
  } catch (error) {
    if (!isClosed(error)) throw asProblem(error);
  }
  opening = null;
  try {
    return await attempt(stores, mode, work);
  } catch (error) {
    throw isClosed(error) ? new StorageProblem("closed", error) : asProblem(error);
  }
}

/**
 * @template T
 * @template {StoreName} Name
 * @template {"readonly"|"readwrite"} Mode
 * @param {Name|Name[]} stores
 * @param {Mode} mode
 * @param {(tx: import("idb").IDBPTransaction<Stores, Name[], Mode>) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function attempt(stores, mode, work) {
  const db = await database();
  const tx = db.transaction(asList(stores), mode, mode === "readwrite" ? { durability: "strict" } : {});
  // Somebody must listen to `done` from the start, or its failure counts as nobody's.
  const done = tx.done.then(
    () => null,
    (error) => error ?? tx.error ?? new DOMException("aborted", "AbortError"),
  );
  let result;
  try {
    result = await work(tx);
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // It has ended already.
    }
    throw (await done) && tx.error ? tx.error : error;
  }
  const failed = await done;
  if (failed) throw failed;
  return result;
}

/** @template Name @param {Name|Name[]} names */
const asList = (names) => (Array.isArray(names) ? names : [names]);

const isClosed = (error) =>
  error?.name === "InvalidStateError" ||
  (error?.name === "AbortError" && !isFull(error)) ||
  error?.name === "UnknownError";

const isFull = (error) => error?.name === "QuotaExceededError" || error?.cause?.name === "QuotaExceededError";

function asProblem(error) {
  if (error instanceof StorageProblem) return error;
  if (isFull(error)) return new StorageProblem("full", error);
  return error;
}

/** One row. @template {StoreName} Name @param {Name} store @param {Stores[Name]["key"]} key */
export const get = (store, key) => transaction(store, "readonly", (tx) => tx.objectStore(store).get(key));

/** Every row of a store. @template {StoreName} Name @param {Name} store */
export const all = (store) => transaction(store, "readonly", (tx) => tx.objectStore(store).getAll());

/** The keys of every row of a store, without the rows. @template {StoreName} Name @param {Name} store */
export const keys = (store) => transaction(store, "readonly", (tx) => tx.objectStore(store).getAllKeys());

/** How many rows a store holds. @param {StoreName} store */
export const count = (store) => transaction(store, "readonly", (tx) => tx.objectStore(store).count());

/** Writes one row. @template {StoreName} Name @param {Name} store @param {Stores[Name]["value"]} value */
export const put = (store, value) =>
  transaction(store, "readwrite", async (tx) => {
    await tx.objectStore(store).put(value);
  });

/** Removes one row. @template {StoreName} Name @param {Name} store @param {Stores[Name]["key"]} key */
export const remove = (store, key) =>
  transaction(store, "readwrite", async (tx) => {
    await tx.objectStore(store).delete(key);
  });

/** One of the single facts: the device, the cursor, the lists … @param {string} name @returns {Promise<any>} */
export const fact = (name) => get("facts", name);

/** Writes one of the single facts. @param {string} name @param {any} value */
export const setFact = (name, value) =>
  transaction("facts", "readwrite", async (tx) => {
    await tx.objectStore("facts").put(value, name);
  });

/**
 * How much of what the browser allows is used, and whether it promised not to clear it by itself.
 * @returns {Promise<{used: number, allowed: number, lasting: boolean}|null>} bytes; null where browsers do not say
 */
export async function room() {
  if (!navigator.storage?.estimate) return null;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const lasting = (await navigator.storage.persisted?.()) ?? false;
  return { used: usage, allowed: quota, lasting };
}

/** Asks the browser not to clear the phone's data by itself when room gets short. */
export const askToKeep = async () => (await navigator.storage?.persist?.()) ?? false;
