/**
 * The map without a network: areas, roads and assets from the phone's own storage, drawn by MapLibre as everywhere.
 * A base map, where one is configured, lies under it: from the phone where it may be kept, else while there is a network.
 *
 * Whoever uses this module speaks WGS84; only in here are things where the base map shows them (field/datum).
 */
import { addProtocol, AttributionControl, Map as MapLibre, Marker, setWorkerUrl } from "maplibre-gl";
import { OWN_BASEMAP, basemapSource as ownSource, groundLayers, lineLayers, nameLayers } from "mapping/basemap/style";
import { CONDITIONS } from "mapping/conditions";
import { config } from "web/config";
import { drawImage } from "mapping/map_images";
import { placeOf } from "mapping/map_point";
import { readPalette } from "mapping/style/palette";
import { roadWidth } from "mapping/style/road_width";
import * as basemap from "field/down/basemap";
import * as catalogue from "field/down/catalogue";
import { fromMap, onMap, shapesOnMap } from "field/map/datum";
import * as position from "field/phone/position";
import { isLate } from "field/shell/say";
import * as store from "field/phone/store";

// Where the service worker can answer for it (field/pages.py).
setWorkerUrl(`${location.origin}/field/map-worker.mjs`);
addProtocol("kept", basemap.loadTile);

const KEPT_TILES = "kept://{z}/{x}/{y}";
/** @type {GeoJSON.FeatureCollection} */
const NOTHING = { type: "FeatureCollection", features: [] };
const CLOSE_UP = 17;
const NEAR_BY = 17.5;
// MapLibre reads the weight out of the first family's name; the others are what phones have.
const LETTERS = ["Label Regular", "PingFang SC", "Noto Sans CJK SC", "Noto Sans", "sans-serif"];
const TOUCH = 12;
/** From this level on assets are signs; further out, where thousands lie about, they are dots. */
const SIGNS_FROM = 15;

/**
 * @typedef {import("field/map/datum").Place} Place
 * @typedef {{setPlace: (place: Place) => void}} Pin
 * @typedef {{fitArea: () => void, lookAt: (place: Place, closer?: boolean) => void, pin: (place: Place, moved: (place: Place) => void) => Pin,
 *   onceTouched: (touched: (place: Place) => void) => void, remove: () => void}} FieldMap
 */

/**
 * @param {HTMLElement} box
 * @param {{centre: Place|null, zoom?: number, chosen?: (uid: string) => void}} options
 * @returns {Promise<FieldMap>}
 */
export async function fieldMap(box, { centre, zoom = CLOSE_UP, chosen = () => {} }) {
  const places = shapesOnMapOf((await store.fact("places")) ?? { areas: NOTHING, roads: NOTHING });
  const areas = (await store.fact("areas")) ?? [];
  const downloaded = places.areas.features.filter(({ properties }) =>
    areas.some(({ code }) => code === properties.code),
  );
  const palette = readPalette();
  const map = new MapLibre({
    container: box,
    style: style(places, palette),
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
    const { x, y } = point;
    /** @type {[[number, number], [number, number]]} */
    const about = [
      [x - TOUCH, y - TOUCH],
      [x + TOUCH, y + TOUCH],
    ];
    const [feature] = map.queryRenderedFeatures(about, { layers: ["assets", "asset-dots"] });
    if (!feature) return;
    if (map.getZoom() >= SIGNS_FROM) chosen(feature.properties.uid);
    else map.easeTo({ center: placeOf(feature), zoom: SIGNS_FROM + 1 });
  });
  const fitArea = () => map.fitBounds(boundsOf(downloaded), { padding: 24, animate: false });
  const sourceOf = (/** @type {string} */ id) => /** @type {import("maplibre-gl").GeoJSONSource} */ (map.getSource(id));
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

function basemapSource() {
  const { tiles, attribution, tileSize } = config.basemap;
  const kept = basemap.mayKeep ? { tiles: [KEPT_TILES] } : { tiles };
  return { type: /** @type {const} */ ("raster"), attribution, tileSize, ...kept };
}

/** Calm, so that what is ours stands out; at night not so bright. */
const rasterPaint = ({ scheme }) => ({
  "raster-saturation": -0.5,
  "raster-brightness-max": scheme === "dark" ? 0.6 : 1,
});

const LEVELS = { street: 2, community: 3 };
const level = (name) => ["==", ["get", "level"], LEVELS[name]];

/** An expression that follows an asset's condition. @param {(condition: string, rank: number) => string|number} value */
const byCondition = (value) => [
  "match",
  ["get", "condition"],
  ...CONDITIONS.flatMap((name, rank) => [name, value(name, rank)]),
  value(CONDITIONS[0], 0),
];

/** @returns {import("maplibre-gl").StyleSpecification} */
function style(places, palette) {
  const road = { type: "line", source: "roads", layout: { "line-cap": "round", "line-join": "round" } };
  const text = { "text-font": LETTERS, "text-size": 13 };
  const halo = { "text-halo-color": palette.paper, "text-halo-width": 2 };
  return {
    version: 8,
    sources: {
      areas: { type: "geojson", data: places.areas },
      roads: { type: "geojson", data: places.roads },
      assets: { type: "geojson", data: assetFeatures() },
      here: { type: "geojson", data: hereFeature() },
      ...(config.basemap && { basemap: basemapSource() }),
      ...(basemap.own && { [OWN_BASEMAP]: ownSource(basemap.own, KEPT_TILES) }),
    },
    layers: /** @type {import("maplibre-gl").LayerSpecification[]} */ ([
      { id: "ground", type: "background", paint: { "background-color": palette["map-ground"] } },
      ...(config.basemap ? [{ id: "basemap", type: "raster", source: "basemap", paint: rasterPaint(palette) }] : []),
      {
        id: "streets",
        type: "fill",
        source: "areas",
        filter: level("street"),
        paint: { "fill-color": palette["rate-0"], "fill-opacity": config.basemap ? 0.15 : 1 },
      },
      ...(basemap.own
        ? [...groundLayers(palette, 1), ...lineLayers(palette, 1)]
        : [
            {
              ...road,
              id: "road-edges",
              paint: { "line-color": palette["map-road-edge"], "line-width": roadWidth(1.5) },
            },
            { ...road, id: "roads", paint: { "line-color": palette["map-road"], "line-width": roadWidth(0) } },
          ]),
      {
        id: "communities",
        type: "line",
        source: "areas",
        filter: level("community"),
        paint: {
          "line-color": palette["map-boundary"],
          "line-width": 1,
          "line-dasharray": [3, 3],
          "line-opacity": 0.6,
        },
      },
      {
        id: "street-lines",
        type: "line",
        source: "areas",
        filter: level("street"),
        paint: { "line-color": palette["map-boundary"], "line-width": 1.8 },
      },
      ...(basemap.own ? nameLayers(palette, 1) : []),
      {
        id: "road-names",
        type: "symbol",
        source: "roads",
        minzoom: 13.5,
        layout: { ...text, "text-field": ["get", "name"], "symbol-placement": "line", "symbol-spacing": 320 },
        paint: { ...halo, "text-color": palette["ink-2"] },
      },
      {
        id: "here-circle",
        type: "fill",
        source: "here",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": palette.accent, "fill-opacity": 0.14 },
      },
      {
        id: "asset-dots",
        type: "circle",
        source: "assets",
        maxzoom: SIGNS_FROM,
        // The worst on top: that is what one looks for from afar.
        layout: { "circle-sort-key": byCondition((_name, rank) => rank) },
        paint: {
          "circle-color": byCondition((name) => palette[name]),
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, SIGNS_FROM, 5],
          "circle-stroke-color": palette.outline,
          "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, 0.2, SIGNS_FROM, 1],
        },
      },
      {
        id: "assets",
        type: "symbol",
        source: "assets",
        minzoom: SIGNS_FROM,
        layout: {
          "icon-image": [
            "concat",
            `asset|${palette.scheme}|`,
            ["get", "symbol"],
            "|",
            ["get", "condition"],
            "|",
            ["to-string", ["get", "late"]],
          ],
          "icon-size": ["interpolate", ["linear"], ["zoom"], SIGNS_FROM, 0.85, 17, 1.15],
          "icon-allow-overlap": true,
        },
      },
      {
        id: "asset-names",
        type: "symbol",
        source: "assets",
        minzoom: 17,
        layout: {
          ...text,
          "text-size": 12.5,
          "text-field": ["get", "name"],
          "text-anchor": "top",
          "text-offset": [0, 1.3],
          "text-max-width": 11,
        },
        paint: { ...halo, "text-color": palette.ink },
      },
      {
        id: "here",
        type: "circle",
        source: "here",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 8,
          "circle-color": palette.accent,
          "circle-stroke-color": "#fff",
          "circle-stroke-width": 3,
        },
      },
    ]),
  };
}
