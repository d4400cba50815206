/** Two aids to an evaluation: five minutes by the clock, and five hundred metres on foot. */
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as position from "field/phone/position";
import { metres, say } from "field/shell/say";

/** A step shorter than this is the receiver's trembling. */
const LEAST_STEP = 8; // metres

/**
 * Counts down so many minutes; the phone trembles at the end.
 * @param {number} minutes @returns {{button: HTMLElement, end: () => void}}
 */
export function timer(minutes) {
  let until = 0;
  let ticking = 0;
  const words = el("span", {}, say(gettext("%(n)s minutes"), { n: minutes }));
  const button = el("button", { type: "button", class: "chip with-symbol" }, icon("clock", "icon small"), words);
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    words.textContent = left
      ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
      : gettext("The time is up");
    if (left) return;
    clearInterval(ticking);
    navigator.vibrate?.([200, 100, 200]);
  };
  button.addEventListener("click", () => {
    clearInterval(ticking);
    until = Date.now() + minutes * 60_000;
    ticking = window.setInterval(tick, 500);
    tick();
  });
  return { button, end: () => clearInterval(ticking) };
}

/**
 * Adds up the way that is walked, until it is as long as wanted.
 * @param {number} wanted metres @returns {{button: HTMLElement, end: () => void}}
 */
export function pacer(wanted) {
  let walked = 0;
  /** @type {{lon: number, lat: number}|null} */
  let last = null;
  const words = el("span", {}, say(gettext("Walk %(far)s"), { far: metres(wanted) }));
  const button = el("button", { type: "button", class: "chip with-symbol" }, icon("route", "icon small"), words);
  const step = () => {
    const here = position.here();
    if (!last || !here) {
      last ??= here;
      return;
    }
    const far = metresBetween(last, here);
    if (far < LEAST_STEP) return;
    walked += far;
    last = here;
    words.textContent = `${metres(walked)} / ${metres(wanted)}`;
    if (walked < wanted) return;
    end();
    navigator.vibrate?.([200, 100, 200]);
  };
  const end = () => position.events.removeEventListener("changed", step);
  button.addEventListener("click", () => {
    end();
    walked = 0;
    last = position.here();
    words.textContent = last ? `0 / ${metres(wanted)}` : gettext("No position yet");
    position.events.addEventListener("changed", step);
  });
  return { button, end };
}
