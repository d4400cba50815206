/** Demonstration accounts fill in the form; signing in stays one deliberate press. */
import { byId, dataOf, element, every } from "web/dom";
import "web/menus";

const form = byId("sign-in-form");
const field = (/** @type {string} */ name) => element(`[name="${name}"]`, { within: form, kind: HTMLInputElement });

for (const account of every(".demo-account")) {
  account.addEventListener("click", () => {
    field("username").value = dataOf(account, "username");
    field("password").value = dataOf(account, "password");
    for (const other of every(".demo-account")) {
      other.setAttribute("aria-pressed", String(other === account));
    }
    element(".button", { within: form, kind: HTMLButtonElement }).focus();
  });
}
