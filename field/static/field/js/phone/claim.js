/** After signing in: asking for this phone's own token, and learning what its person may do. */
import * as catalogue from "field/down/catalogue";
import * as outbox from "field/up/outbox";
import * as server from "field/phone/server";
import * as session from "field/phone/session";
import * as store from "field/phone/store";

/** Why the last try gave no token, in a sentence; null when it did or when nobody is signed in. @type {string|null} */
export let trouble = null;

/** Tries to get a token from the browser's session; nobody being signed in, or no network, is no trouble. */
export async function claimPhone() {
  trouble = null;
  if (!server.hasSeenForm()) return;
  try {
    const before = session.person();
    const given = await server.registerDevice(label(), await outbox.phoneId());
    // A token that ran out left the person before on the page, with what they had downloaded.
    if (before && before.id !== given.user.id) await catalogue.forget();
    await session.remember(given);
    await store.askToKeep();
    await session.learn(await server.read("me"));
  } catch (error) {
    if (error instanceof server.Refused && error.status !== 401) trouble = error.message;
    else if (!(error instanceof server.Refused) && !(error instanceof server.Unreachable)) throw error;
  }
}

/** What people will know the phone by: "Android · Chrome". */
function label() {
  const agent = navigator.userAgent;
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name));
  const browser = ["MicroMessenger", "Edg", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(name));
  return [system, browser].filter(Boolean).join(" · ") || "browser";
}
