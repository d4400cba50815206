/** The form that plans jobs for many assets: says at once how many it would come to. */
import { first } from "web/dom";

const plan = first("[data-plan]", { kind: HTMLFormElement });
if (plan) connectPlan(plan);

/** Says at once how many assets the chosen kind of job would come to. */
function connectPlan(form) {
  const place = form.querySelector("[data-preview-place]");
  const button = form.querySelector("[data-plan-button]");
  const { kind, artwork, again } = form.elements;
  let asking = null;
  const showArtwork = () => {
    form.querySelector('[data-field="artwork"]').hidden = kind.value !== "replace_content";
  };
  const refresh = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const parameters = new URLSearchParams({ kind: kind.value });
    if (kind.value === "replace_content" && artwork.value) parameters.set("post", artwork.value);
    if (again.checked) parameters.set("again", "yes");
    const join = form.dataset.preview.endsWith("?") ? "" : "&";
    try {
      const response = await fetch(`${form.dataset.preview}${join}${parameters}`, { signal });
      if (!response.ok) throw new Error(String(response.status));
      const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
      place.replaceChildren(document.adoptNode(parsed.querySelector("article")));
      showButton();
    } catch (error) {
      // The numbers are a help only: planning itself counts again, and says what came of it.
      if (error.name !== "AbortError") place.replaceChildren();
    }
  };
  const showButton = () => {
    const planned = place.querySelector("[data-planned]")?.dataset.planned;
    button.disabled = planned === "0";
  };
  for (const field of [kind, artwork, again]) field.addEventListener("change", refresh);
  kind.addEventListener("change", showArtwork);
  showArtwork();
  showButton();
}
