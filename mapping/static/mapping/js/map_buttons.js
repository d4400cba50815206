/** The buttons on the map: nearer, farther, the whole district, where I am. */
import { byId } from "web/dom";

/** @typedef {import("maplibre-gl").Map} MapLibre */

/** The zoom at which one's own place is shown, at least. */
const WHERE_I_AM = 16;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {MapLibre} map
 * @param {{home: () => void, here: (place: {lon: number, lat: number}) => void, problem: (problem: Error) => void}} on
 *   the whole district is wanted; the device said where it is, or did not
 */
export function connectButtons(map, on) {
  const gentle = () => ({ animate: !calm.matches });
  byId("zoom-in").addEventListener("click", () => map.zoomIn(gentle()));
  byId("zoom-out").addEventListener("click", () => map.zoomOut(gentle()));
  byId("zoom-home").addEventListener("click", on.home);
  byId("locate").addEventListener("click", () => locate(map, on));
  showZoomLimits(map);
  map.on("moveend", () => showZoomLimits(map));
}

/** @param {MapLibre} map */
function showZoomLimits(map) {
  byId("zoom-in", HTMLButtonElement).disabled = map.getZoom() >= map.getMaxZoom();
  byId("zoom-out", HTMLButtonElement).disabled = map.getZoom() <= map.getMinZoom();
}

/** @param {MapLibre} map @param {Parameters<typeof connectButtons>[1]} on */
function locate(map, on) {
  const button = byId("locate");
  if (!navigator.geolocation) {
    on.problem(new Error(gettext("This device gives no position.")));
    return;
  }
  button.setAttribute("aria-pressed", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const here = { lon: coords.longitude, lat: coords.latitude };
      on.here(here);
      map.easeTo({
        center: [here.lon, here.lat],
        zoom: Math.max(map.getZoom(), WHERE_I_AM),
        animate: !calm.matches,
      });
      button.setAttribute("aria-pressed", "false");
    },
    () => {
      button.setAttribute("aria-pressed", "false");
      on.problem(new Error(gettext("Your position could not be found. Please allow it in the browser and try again.")));
    },
    { enableHighAccuracy: true, timeout: 15000 },
  );
}
