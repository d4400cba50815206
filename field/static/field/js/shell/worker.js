/** The service worker, seen from the page: started, asked whether its cache is whole, and brought up to date. */
import { there } from "web/dom";

/** Tells `newer` when a new edition of the page lies ready. */
export const events = new EventTarget();

/** @type {ServiceWorkerRegistration|null} */
let registration = null;

/** Registers the worker for the page, and for the addresses on the plates, which then open the page without a network. */
export async function start() {
  if (!navigator.serviceWorker) return;
  try {
    registration = await navigator.serviceWorker.register("/sw.js", { scope: "/field/", updateViaCache: "none" });
    await navigator.serviceWorker.register("/sw.js", { scope: "/a/", updateViaCache: "none" });
  } catch {
    // Without a network the worker that is there goes on.
    registration = (await navigator.serviceWorker.getRegistration("/field/")) ?? null;
  }
  if (!registration) return;
  tellWhenReady(registration.waiting);
  const registered = registration;
  registered.addEventListener("updatefound", () => {
    const coming = registered.installing;
    coming?.addEventListener("statechange", () => coming.state === "installed" && tellWhenReady(coming));
  });
}

function tellWhenReady(worker) {
  // The very first worker replaces nothing.
  if (worker && navigator.serviceWorker.controller) events.dispatchEvent(new Event("newer"));
}

/** Whether a newer edition waits. */
export const newerWaits = () => Boolean(registration?.waiting && navigator.serviceWorker.controller);

/** Changes to the newer edition; the page loads again. */
export function changeOver() {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration?.waiting?.postMessage("take-over");
}

/** How much of the page is in the cache; asks the worker to fetch what is missing. @returns {Promise<{has: number, wanted: number, version: string}>} */
export async function cachedWhole() {
  if (!registration) return { has: 0, wanted: 1, version: "" };
  const { active } = await navigator.serviceWorker.ready;
  const channel = new MessageChannel();
  const answer = new Promise((resolve) => {
    channel.port1.onmessage = (event) => resolve(event.data);
  });
  there(active, "The service worker").postMessage("complete", [channel.port2]);
  return answer;
}

/** @typedef {ServiceWorkerRegistration & {sync?: {register: (tag: string) => Promise<void>}}} WithSync of Chromium alone */

/** Lets the browser wake the page when there is a network again, where browsers do. */
export async function wakeWhenOnline() {
  try {
    await /** @type {WithSync} */ (registration)?.sync?.register("outbox");
  } catch {
    // A bonus: the page sends at every other occasion too.
  }
}
