/** The inbox: a key presses the button that names it (`data-key`); the case at hand is scrolled to in the queue. */
import { meant } from "cases/keys";
import { element, first } from "web/dom";

const OFF = "cases-keys-off";
const tick = first("[data-keys-on]", { kind: HTMLInputElement });
if (tick) {
  tick.checked = localStorage.getItem(OFF) === null;
  tick.addEventListener("change", () => {
    if (tick.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
// A key held a moment too long, or pressed twice, decides one case and not the next one too.
let pressed = false;
document.addEventListener("keydown", (event) => {
  const key = meant(event, /** @type {HTMLElement} */ (event.target));
  if (!key || pressed || !tick?.checked) return;
  if (key === "r") {
    const reject = /** @type {HTMLDetailsElement|null} */ (document.querySelector("details.reject"));
    if (!reject) return;
    event.preventDefault();
    reject.open = true;
    element("textarea", { within: reject, kind: HTMLTextAreaElement }).focus();
    return;
  }
  const button = /** @type {HTMLElement|null} */ (document.querySelector(`[data-key="${key}"]`));
  if (!button) return;
  event.preventDefault();
  pressed = true;
  button.click();
});
addEventListener("pageshow", () => {
  pressed = false;
});
first('.queue [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
