/** The pages behind a unit's link: sends on the secret behind the `#`, which no address carries to the server. */
import "cases/locating";
import { element, first } from "web/dom";

const enter = first("[data-enter]", { kind: HTMLFormElement });
if (enter && location.hash.length > 1) {
  const field = element('[name="secret"]', { within: enter, kind: HTMLInputElement });
  field.value = location.hash.slice(1);
  // A page that is gone back to must not send it again.
  history.replaceState(null, "", location.pathname);
  enter.requestSubmit();
}
for (const form of document.querySelectorAll("form"))
  form.addEventListener("submit", () => {
    // A second press while a photo is on its way would only be refused.
    for (const button of form.querySelectorAll("button")) setTimeout(() => button.toggleAttribute("disabled", true));
  });
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form button")) button.removeAttribute("disabled");
});
