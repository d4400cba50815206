/** Demonstration accounts fill in the form; signing in stays one deliberate press. */
import { byId, every, first } from "web/dom";
import "web/menus";

const form = byId("sign-in-form");
const field = (/** @type {string} */ name) => first(`[name="${name}"]`, { within: form, kind: HTMLInputElement });

for (const account of every(".demo-account")) {
  account.addEventListener("click", () => {
    field("username").value = account.dataset.username;
    field("password").value = account.dataset.password;
    for (const other of every(".demo-account")) {
      other.setAttribute("aria-pressed", String(other === account));
    }
    first(".button", { within: form }).focus();
  });
}
