/** A form that takes photos offers to send where they were taken, so that the distance from the spot can be shown. */
import { element, enclosing, every } from "web/dom";

for (const longitude of every('input[type="hidden"][name="longitude"]', { kind: HTMLInputElement }))
  if ("geolocation" in navigator) offer(longitude);

/** Puts a button before the form's own. @param {HTMLInputElement} longitude */
function offer(longitude) {
  const form = enclosing(longitude, "form", HTMLFormElement);
  const latitude = element('input[name="latitude"]', { within: form, kind: HTMLInputElement });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button wide";
  button.textContent = gettext("Add where I stand");
  button.addEventListener("click", () => {
    button.textContent = gettext("Looking for the position …");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        longitude.value = coords.longitude.toFixed(6);
        latitude.value = coords.latitude.toFixed(6);
        const metres = Math.round(coords.accuracy);
        button.textContent = interpolate(gettext("Position added, accurate to %(n)s m"), { n: metres }, true);
      },
      () => {
        button.textContent = gettext("No position to be had; the photos do without");
      },
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
    );
  });
  form.insertBefore(button, form.querySelector("button:not([type])"));
}
