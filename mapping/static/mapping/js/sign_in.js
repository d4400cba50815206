/** Demonstration accounts fill in the form; signing in stays one deliberate press. */
import "mapping/menus";

const form = document.getElementById("sign-in-form");

for (const account of document.querySelectorAll(".demo-account")) {
  account.addEventListener("click", () => {
    form.elements.username.value = account.dataset.username;
    form.elements.password.value = account.dataset.password;
    for (const other of document.querySelectorAll(".demo-account")) {
      other.setAttribute("aria-pressed", String(other === account));
    }
    form.querySelector(".button").focus();
  });
}
