/** What one tab tells the others of this phone: that something in the storage is no longer as they remember it. */

/** @typedef {"outbox"|"catalogue"|"session"} Topic */

const channel = globalThis.BroadcastChannel ? new BroadcastChannel("field") : null;

/** @param {Topic} topic */
export const tell = (topic) => channel?.postMessage(topic);

/** @param {Topic} topic @param {() => void} work done when another tab tells */
export const hear = (topic, work) => channel?.addEventListener("message", ({ data }) => data === topic && work());
