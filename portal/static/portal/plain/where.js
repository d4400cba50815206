/** A resident's report: offers to send where the device is. No module, so that old telephones run it too. */
{
  const button = document.querySelector("[data-where]");
  const field = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name="${name}"]`));
  const longitude = field("longitude");
  const latitude = field("latitude");
  const placed = document.querySelector("[data-placed]");
  if (button instanceof HTMLElement && longitude && latitude && navigator.geolocation) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => {
      button.textContent = button.dataset.looking || "";
      navigator.geolocation.getCurrentPosition(
        (position) => {
          longitude.value = position.coords.longitude.toFixed(6);
          latitude.value = position.coords.latitude.toFixed(6);
          button.textContent = button.dataset.found || "";
          if (placed) placed.removeAttribute("hidden");
        },
        () => {
          button.textContent = button.dataset.none || "";
        },
        { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 },
      );
    });
  }
}
