/** Asking the server: one place that knows addresses, the token, and what an answer that never came means. */
import { csrfToken } from "web/csrf";
import { there } from "web/dom";
import * as session from "field/phone/session";

const PATIENCE = 30_000; // ms
const PATIENCE_WITH_PACKS = 180_000;

/** No answer came: no network, or the server is away. */
export class Unreachable extends Error {
  constructor(cause) {
    super(gettext("No connection to the server."));
    this.cause = cause;
  }
}

/** An answer that is no success. */
export class Refused extends Error {
  /** @param {number} status @param {any} problem the problem details, as far as they could be read */
  constructor(status, problem, headers = new Headers()) {
    super(sentence(status, problem));
    this.status = status;
    this.problem = problem;
    /** Seconds the server asked to be left alone. */
    this.retryAfter = Number(headers.get("Retry-After")) || null;
    /** What programs tell cases apart by (docs/field-sync.md). */
    this.code = problem?.code ?? null;
    /** Bytes of a picture the server has, where it says so. */
    this.received = problem?.received ?? (headers.has("X-Received") ? Number(headers.get("X-Received")) : null);
  }
}

function sentence(status, problem) {
  if (status === 401) return gettext("Please sign in again.");
  if (problem?.detail) return problem.detail;
  return interpolate(gettext("The server had a fault (%(status)s)."), { status }, true);
}

/**
 * @param {string} path below /api/field/
 * @param {RequestInit & {patience?: number}} [options]
 * @returns {Promise<Response>} a successful answer
 * @throws {Unreachable|Refused}
 */
export async function ask(path, { patience = PATIENCE, headers = {}, ...options } = {}) {
  if (!session.token()) throw new Refused(401, null);
  const response = await fetchOrSay(`/api/field/${path}`, {
    cache: "no-store",
    credentials: "omit",
    headers: { Accept: "application/json", Authorization: `Bearer ${session.token()}`, ...headers },
    signal: AbortSignal.timeout(patience),
    ...options,
  });
  if (response.ok) return response;
  if (response.status === 401) await session.refused();
  throw await refusal(response);
}

/** GET as JSON. */
export const read = async (path, options) => jsonOf(await ask(path, options));

/** POST JSON, answered by JSON. */
export const post = async (path, body) =>
  jsonOf(
    await ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

/**
 * A long document as JSON, telling how many bytes have come.
 * @param {string} path @param {(bytes: number) => void} progress
 */
export async function readLong(path, progress) {
  const response = await ask(path, { patience: PATIENCE_WITH_PACKS });
  const pieces = [];
  let received = 0;
  try {
    const reader = there(response.body, "The answer").getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      received += value.length;
      progress(received);
    }
    return { bytes: received, document: JSON.parse(await new Blob(pieces).text()) };
  } catch (error) {
    throw new Unreachable(error);
  }
}

/** A thumbnail's bytes, or null when the server has none (any more). @param {string} address */
export async function readPicture(address) {
  const response = await fetchOrSay(address, {
    credentials: "omit",
    headers: { Authorization: `Bearer ${session.token()}` },
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.status === 404) return null;
  if (!response.ok) throw await refusal(response);
  const type = response.headers.get("Content-Type") ?? "";
  return type.startsWith("image/") ? { bytes: await response.arrayBuffer(), type } : null;
}

/** A tile of the built-in base map; empty where nothing is drawn. @param {string} address @param {AbortSignal} signal */
export async function readTile(address, signal) {
  const response = await fetchOrSay(address, {
    credentials: "omit",
    headers: { Authorization: `Bearer ${session.token()}` },
    signal,
  });
  if (!response.ok) throw await refusal(response);
  return response.arrayBuffer();
}

/**
 * Asks for a token of this phone for whoever is signed in in this browser.
 * @param {string} label what people will know the phone by
 * @param {string} phone this installation's id
 * @returns {Promise<import("field/phone/session").Device>}
 */
export async function registerDevice(label, phone) {
  const response = await fetchOrSay("/api/field/devices", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ label, phone }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw await refusal(response);
  return jsonOf(response);
}

/** Who is signed in in this browser, by the id of the person. @returns {Promise<number|null>} */
export async function signedIn() {
  const response = await fetchOrSay("/api/field/signed-in", {
    cache: "no-store",
    credentials: "same-origin",
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(PATIENCE),
  });
  return response.ok ? (await jsonOf(response)).id : null;
}

/** Ends the browser's own session; the phone's token is ended apart from it. */
export const signOut = () =>
  fetchOrSay("/sign-out/", {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken() },
    redirect: "manual",
  });

/** Whether this browser has ever been to a page with a form, as the sign-in page is. */
export const hasSeenForm = () => csrfToken() !== "";

async function fetchOrSay(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    throw new Unreachable(error);
  }
}

async function jsonOf(response) {
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable(error);
  }
}

async function refusal(response) {
  const problem = await response.json().catch(() => null);
  return new Refused(response.status, problem, response.headers);
}
