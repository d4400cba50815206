/** Sending a form of the panel, and what the server says when it does not accept it. */
import { csrfToken } from "web/csrf";
import { noConnection } from "web/server";

/**
 * @typedef {{code: string, url: string, said: string, lon: number, lat: number, support: number|null, uid?: string, title?: string}} Done
 * @typedef {{name: string, title: string, theirs: string, mine: string, value: string|string[], by: string}} Conflict
 */

/** Nothing was written. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {{detail?: string, errors?: Record<string, string[]>, conflicts?: Conflict[], version?: number,
   *   lon?: number, lat?: number}} body problem details
   */
  constructor(status, body) {
    super(sentence(status, body));
    this.status = status;
    this.errors = body.errors ?? {};
    this.body = body;
  }
}

function sentence(status, body) {
  if (status === 401)
    return gettext("Your session has ended. Sign in in another tab, then save again: what you typed stays here.");
  if (body.detail) return body.detail;
  return interpolate(gettext("The server had a fault (%(status)s). Please try again."), { status }, true);
}

/**
 * Sends a form to its own address.
 * @param {HTMLFormElement} form
 * @param {FormData} data what it says, and what goes with it
 * @returns {Promise<Done>}
 * @throws {Refusal|import("web/server").ServerProblem}
 */
export async function send(form, data) {
  let response;
  try {
    response = await fetch(form.getAttribute("action") ?? location.href, {
      method: "POST",
      body: data,
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    });
  } catch {
    throw noConnection();
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}
