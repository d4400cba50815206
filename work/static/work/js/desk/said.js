/** A sentence about what was just done, for eyes and for screen readers; it goes by itself. */
import { el } from "web/dom";

const STAYS = 6000;
const place = el("p", { class: "desk-said", role: "status", "aria-live": "polite" });
document.body.append(place);
let timer = 0;

/** @param {string} words @param {"good"|"bad"} [tone] */
export function say(words, tone = "good") {
  clearTimeout(timer);
  place.textContent = words;
  place.dataset.tone = tone;
  timer = setTimeout(() => (place.textContent = ""), STAYS);
}
