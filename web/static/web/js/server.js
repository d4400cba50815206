/** Asking the server, and saying in words what went wrong when it does not answer. */
import { csrfToken } from "web/csrf";

export class ServerProblem extends Error {
  /**
   * @param {"offline"|"filter"|"long"|"later"|"forbidden"|"signed-out"|"gone"|"fault"} kind
   * @param {string} message a sentence for the reader
   * @param {string|null} parameter the filter the server did not understand
   */
  constructor(kind, message, parameter = null) {
    super(message);
    this.kind = kind;
    this.parameter = parameter;
  }
}

/** @param {string} url @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function getJson(url, signal) {
  const response = await ask(url, signal, "application/json");
  return response.json();
}

/**
 * A fragment the server rendered, as nodes. DOMParser runs no script in it.
 * @param {string} url @param {AbortSignal} [signal] @returns {Promise<HTMLElement>}
 */
export async function getFragment(url, signal) {
  const response = await ask(url, signal, "text/html");
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const fragment = parsed.querySelector("article");
  // Something between us answered in the server's place, as networks do that want a sign-in of their own.
  if (!fragment) throw noConnection();
  return document.adoptNode(fragment);
}

/** @param {string} url @returns {Promise<any>} the answer to having something done */
export async function postForJson(url) {
  const response = await ask(url, undefined, "application/json", {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
  });
  return response.json();
}

async function ask(url, signal, accept, more = {}) {
  let response;
  try {
    response = await fetch(url, { signal, headers: { Accept: accept }, credentials: "same-origin", ...more });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw noConnection();
  }
  if (response.redirected && new URL(response.url).pathname.startsWith("/sign-in")) throw signedOut();
  if (response.ok) return response;
  throw await problemOf(response);
}

/** What is said when an answer never came, whoever asked. */
export const noConnection = () =>
  new ServerProblem("offline", gettext("No connection to the server. What you see may be out of date."));

const signedOut = () => new ServerProblem("signed-out", gettext("Your session has ended. Please sign in again."));

async function problemOf(response) {
  if (response.status === 401) return signedOut();
  const body = await response.json().catch(() => ({}));
  if (response.status === 400) {
    const words = interpolate(
      gettext("The filter “%(name)s” in the address is unknown or has no such value."),
      { name: body.parameter ?? "?" },
      true,
    );
    return new ServerProblem("filter", body.parameter ? words : (body.detail ?? words), body.parameter ?? null);
  }
  if (response.status === 414)
    return new ServerProblem(
      "long",
      gettext("The filter is too long for an address. Choose fewer, or draw a rectangle round them."),
    );
  if (response.status === 403) return new ServerProblem("forbidden", gettext("Your account may not see this."));
  if (response.status === 404)
    return new ServerProblem("gone", gettext("There is no such asset, or your account cannot see it."));
  if (response.status === 503 && body.detail && response.headers.has("Retry-After"))
    return new ServerProblem("later", body.detail);
  return new ServerProblem(
    "fault",
    interpolate(gettext("The server had a fault (%(status)s). Please try again."), { status: response.status }, true),
  );
}
