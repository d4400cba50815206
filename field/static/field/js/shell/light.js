/** Sun mode: black on white for bright light, kept from one visit to the next. */
import * as store from "field/phone/store";

/** Says "changed". */
export const events = new EventTarget();

/** Sets what was chosen the last time. */
export async function begin() {
  set((await store.fact("sun")) === true);
}

/** @returns {boolean} whether sun mode is on */
export const isSunny = () => document.documentElement.hasAttribute("data-sun");

/** @param {boolean} sunny */
export async function choose(sunny) {
  set(sunny);
  await store.setFact("sun", sunny);
}

function set(sunny) {
  document.documentElement.toggleAttribute("data-sun", sunny);
  events.dispatchEvent(new Event("changed"));
}
