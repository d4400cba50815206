/** The map of an import: the same ground as the catalogue's map, with rows of a ledger instead of assets on it. */
import { AttributionControl, Map as MapLibre, ScaleControl } from "maplibre-gl";
import { config } from "web/config";
import { showBusy } from "mapping/map_busy";
import { mapStyle } from "mapping/map_style";
import { readPalette } from "mapping/style/palette";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const scheme = matchMedia("(prefers-color-scheme: dark)");
/** Drawn over the ground by the pages themselves. */
const NOT_HERE = ["assets", "focus"];
const PADDING = 48;
const NEAREST = 16.5;

/**
 * Makes the map in #map.
 * @param {() => {sources: Record<string, any>, layers: any[]}} overlay what lies on the ground; asked again when the
 *   reader's system changes between light and dark
 * @param {(map: MapLibre) => void} [dressed] called whenever the overlay has been laid anew
 * @returns {MapLibre}
 */
export function makeMap(overlay, dressed = () => {}) {
  const style = () => {
    const ground = mapStyle(readPalette(), "");
    for (const name of NOT_HERE) delete ground.sources[name];
    const { sources, layers } = overlay();
    return {
      ...ground,
      sources: { ...ground.sources, ...sources },
      layers: [...ground.layers.filter((layer) => !("source" in layer && NOT_HERE.includes(layer.source))), ...layers],
    };
  };
  const map = new MapLibre({
    container: "map",
    style: style(),
    bounds: config.bounds,
    fitBoundsOptions: { padding: 12 },
    maxZoom: 19.5,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    cooperativeGestures: false,
    fadeDuration: calm.matches ? 0 : 150,
    locale: { "Map.Title": gettext("Map of the rows. The list beside it holds the same.") },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: 100 }), "bottom-left");
  map.addControl(new AttributionControl({ compact: false }), "bottom-right");
  map.on("dataloading", () => showBusy(true));
  map.on("idle", () => showBusy(false));
  map.once("load", () => dressed(map));
  scheme.addEventListener("change", () => {
    map.setStyle(style());
    map.once("styledata", () => dressed(map));
  });
  return map;
}

/** Goes to a rectangle of WGS84 degrees. @param {[number, number, number, number]} bounds */
export function goTo(map, bounds) {
  map.fitBounds(bounds, { padding: PADDING, maxZoom: NEAREST, animate: !calm.matches, duration: 500 });
}

/**
 * The rectangle around most of some points: strays far off the others are left out, or they alone would be seen.
 * @param {number[]} lon @param {number[]} lat
 * @returns {[number, number, number, number] | null}
 */
export function around(lon, lat) {
  if (!lon.length) return null;
  const inner = (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    const cut = Math.floor(sorted.length / 20);
    return [sorted[cut], sorted[sorted.length - 1 - cut]];
  };
  const [west, east] = inner(lon);
  const [south, north] = inner(lat);
  return [west, south, east, north];
}
