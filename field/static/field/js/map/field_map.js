/**
 * The map without a network: areas, roads and assets from the phone's own storage, drawn by MapLibre as everywhere.
 * A base map, where one is configured, lies under it: from the phone where it may be kept, else while there is a network.
 *
 * Whoever uses this module speaks WGS84; only in here are things where the base map shows them (field/map/datum).
 */
import { addProtocol, AttributionControl, Map as MapLibre, Marker, setWorkerUrl } from "maplibre-gl";
import { config } from "web/config";
import { drawImage } from "mapping/map_images";
import { boxAround, placeOf } from "mapping/map_point";
import { readPalette } from "mapping/style/palette";
import * as basemap from "field/down/basemap";
import * as catalogue from "field/down/catalogue";
import { fromMap, onMap, shapesOnMap } from "field/map/datum";
import { SIGNS_FROM, style } from "field/map/style";
import * as position from "field/phone/position";
import { isLate } from "field/shell/say";
import * as store from "field/phone/store";

// Where the service worker can answer for it (field/pages.py).
setWorkerUrl(`${location.origin}/field/map-worker.mjs`);
addProtocol("kept", basemap.loadTile);

/** @type {GeoJSON.FeatureCollection} */
const NOTHING = { type: "FeatureCollection", features: [] };
const CLOSE_UP = 17;
const NEAR_BY = 17.5;
const TOUCH = 12;

/**
 * @typedef {import("field/map/datum").Place} Place
 * @typedef {{setPlace: (place: Place) => void}} Pin
 * @typedef {{fitArea: () => void, lookAt: (place: Place, closer?: boolean) => void, pin: (place: Place, moved: (place: Place) => void) => Pin,
 *   onceTouched: (touched: (place: Place) => void) => void, remove: () => void}} FieldMap
 */

/**
 * @param {HTMLElement} box
 * @param {{centre: Place|null, zoom?: number, pressed?: (uid: string) => void}} options
 * @returns {Promise<FieldMap>}
 */
export async function fieldMap(box, { centre, zoom = CLOSE_UP, pressed = () => {} }) {
  const places = shapesOnMapOf((await store.fact("places")) ?? { areas: NOTHING, roads: NOTHING });
  const areas = (await store.fact("areas")) ?? [];
  const downloaded = places.areas.features.filter(({ properties }) =>
    areas.some(({ code }) => code === properties?.code),
  );
  const palette = readPalette();
  const map = new MapLibre({
    container: box,
    style: style({ ...places, assets: assetFeatures(), here: hereFeature() }, palette),
    ...(centre ? { center: onMap(centre), zoom } : { bounds: boundsOf(downloaded), fitBoundsOptions: { padding: 24 } }),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 20,
  });
  map.touchZoomRotate.disableRotation();
  // Where neither a button nor a card lies over it.
  if (config.basemap?.attribution || basemap.own)
    map.addControl(new AttributionControl({ compact: true }), "top-right");
  map.setMissingStyleImageResolver(async (id) => {
    const drawn = await drawImage(id, palette);
    if (drawn && !map.hasImage(id)) map.addImage(id, drawn.image, { pixelRatio: drawn.pixelRatio });
  });
  map.on("click", ({ point }) => {
    const [feature] = map.queryRenderedFeatures(boxAround(point, TOUCH), { layers: ["assets", "asset-dots"] });
    if (!feature) return;
    if (map.getZoom() >= SIGNS_FROM) pressed(feature.properties.uid);
    else map.easeTo({ center: placeOf(feature), zoom: SIGNS_FROM + 1 });
  });
  const fitArea = () => map.fitBounds(boundsOf(downloaded), { padding: 24, animate: false });
  const sourceOf = (/** @type {string} */ id) =>
    /** @type {import("maplibre-gl").GeoJSONSource|undefined} */ (map.getSource(id));
  const drawAssets = () => sourceOf("assets")?.setData(assetFeatures());
  const drawHere = () => sourceOf("here")?.setData(hereFeature());
  box.setAttribute("aria-busy", "true");
  await map.once("load");
  box.setAttribute("aria-busy", "false");
  position.events.addEventListener("changed", drawHere);
  catalogue.events.addEventListener("changed", drawAssets);
  return {
    fitArea,
    lookAt(place, closer = false) {
      if (closer) map.easeTo({ center: onMap(place), zoom: Math.max(map.getZoom(), NEAR_BY) });
      else map.jumpTo({ center: onMap(place) });
    },
    pin: (place, moved) => pin(map, place, moved),
    onceTouched: (touched) => map.once("click", ({ lngLat }) => touched(fromMap(lngLat))),
    remove() {
      position.events.removeEventListener("changed", drawHere);
      catalogue.events.removeEventListener("changed", drawAssets);
      map.remove();
    },
  };
}

const shapesOnMapOf = ({ areas, roads }) => ({ areas: shapesOnMap(areas), roads: shapesOnMap(roads) });

/** A pin that can be dragged. @param {MapLibre} map @param {Place} at @param {(place: Place) => void} moved @returns {Pin} */
function pin(map, at, moved) {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const marker = new Marker({ draggable: true, color: colour, scale: 1.35 }).setLngLat(onMap(at)).addTo(map);
  marker.getElement().setAttribute("aria-label", gettext("Position of the asset; drag to move"));
  const tell = () => moved(fromMap(marker.getLngLat()));
  marker.on("dragend", tell);
  map.on("click", ({ lngLat }) => {
    marker.setLngLat(lngLat);
    tell();
  });
  return { setPlace: (place) => marker.setLngLat(onMap(place)) };
}

/** @returns {GeoJSON.FeatureCollection} */
function assetFeatures() {
  const features = catalogue.every().map((asset) => {
    const { condition, due } = catalogue.stateOf(asset);
    const symbol = catalogue.typeOf(asset)?.symbol ?? "sign";
    return /** @type {GeoJSON.Feature} */ ({
      type: "Feature",
      properties: { uid: asset.uid, name: asset.name, symbol, condition, late: isLate(due) ? 1 : 0 },
      geometry: { type: "Point", coordinates: onMap(asset) },
    });
  });
  return { type: "FeatureCollection", features };
}

/** @returns {GeoJSON.FeatureCollection} */
function hereFeature() {
  const here = position.lastKnown();
  if (!here) return NOTHING;
  const [lon, lat] = onMap(here);
  return {
    type: "FeatureCollection",
    features: [
      { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } },
      {
        type: "Feature",
        properties: {},
        geometry: { type: "Polygon", coordinates: [circle({ lon, lat }, here.accuracy)] },
      },
    ],
  };
}

function circle({ lon, lat }, radius) {
  const north = radius / 111_320;
  const east = north / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: 49 }, (_unused, index) => {
    const angle = (index / 48) * 2 * Math.PI;
    return [lon + east * Math.cos(angle), lat + north * Math.sin(angle)];
  });
}

/** @param {GeoJSON.Feature[]} features @returns {[number, number, number, number]} */
function boundsOf(features) {
  /** @type {[number, number, number, number]} */
  const bounds = [180, 90, -180, -90];
  const take = (coordinates) => {
    if (typeof coordinates[0] === "number") {
      const [lon, lat] = coordinates;
      bounds[0] = Math.min(bounds[0], lon);
      bounds[1] = Math.min(bounds[1], lat);
      bounds[2] = Math.max(bounds[2], lon);
      bounds[3] = Math.max(bounds[3], lat);
    } else coordinates.forEach(take);
  };
  for (const feature of features)
    if (feature.geometry) take(/** @type {GeoJSON.Polygon} */ (feature.geometry).coordinates);
  return bounds[0] > bounds[2] ? [116.9, 36.64, 117.1, 36.8] : bounds;
}
