/**
 * When a phone goes from one person to the next without the first signing out: the page belongs to whoever is signed in.
 *
 * The records of the one before stay, locked, until they sign in again. Their token goes, and so do the area and the
 * jobs they had downloaded: the next person may not see those. Who is signed in is said by a cookie, at once and without
 * a network; where that is missing, by the server.
 */
import * as catalogue from "field/down/catalogue";
import * as server from "field/phone/server";
import * as session from "field/phone/session";

/** At the start, before anything is shown. */
export async function atStart() {
  if (session.hasChangedHands()) await handOver();
}

/** Later: when the page comes to the front again, and once after the start. Whoever it is, the page begins anew. */
export function watch() {
  const look = () => {
    if (document.visibilityState === "visible" && session.hasChangedHands()) location.reload();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);
  addEventListener("focus", look);
  look();
}

/** Asks the server who is signed in in this browser; without a network, or when that is nobody, nothing changes. */
export async function askServer() {
  if (!session.token() || !server.hasSeenForm()) return;
  const whoever = await server.signedIn().catch(() => null);
  if (!session.hasChangedHands(whoever)) return;
  await handOver();
  location.reload();
}

async function handOver() {
  await session.leave();
  await catalogue.forget();
}
