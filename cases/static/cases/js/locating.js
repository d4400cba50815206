/** A form that takes photos offers to send where they were taken, so that the distance from the spot can be shown. */
for (const longitude of /** @type {NodeListOf<HTMLInputElement>} */ (
  document.querySelectorAll('input[type="hidden"][name="longitude"]')
))
  if ("geolocation" in navigator) offer(longitude);

/** Puts a button before the form's own. @param {HTMLInputElement} longitude */
function offer(longitude) {
  const latitude = /** @type {HTMLInputElement} */ (longitude.form.elements.namedItem("latitude"));
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
  longitude.form.insertBefore(button, longitude.form.querySelector("button:not([type])"));
}
