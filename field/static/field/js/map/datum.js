/**
 * Where things stand on the map. Everything kept and sent is WGS84; a base map of AMap's or Tencent's is shifted by some
 * hundred metres (GCJ-02), and over one everything drawn is shifted with it, and what is touched is shifted back.
 */
import gcoord from "gcoord";
import { config } from "web/config";

const isShifted = config.basemap?.crs === "gcj02";

/** @typedef {{lon: number, lat: number}} Place WGS84, in degrees */

/** @param {Place} place @returns {[number, number]} where the map shows it, as MapLibre takes it */
export const onMap = ({ lon, lat }) =>
  isShifted ? gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02) : [lon, lat];

/** @param {{lng: number, lat: number}} shown @returns {Place} what really is there, to some centimetres */
export function fromMap({ lng, lat }) {
  const [lon, north] = isShifted ? gcoord.transform([lng, lat], gcoord.GCJ02, gcoord.WGS84) : [lng, lat];
  return { lon, lat: north };
}

/**
 * @param {GeoJSON.FeatureCollection} geojson in WGS84 and nobody else's: it is changed
 * @returns {GeoJSON.FeatureCollection} where the map shows it
 */
export const shapesOnMap = (geojson) => {
  if (!isShifted) return geojson;
  // gcoord has GeoJSON's types once more, under names of its own.
  const shapes = /** @type {Parameters<typeof gcoord.transform>[0]} */ (/** @type {object} */ (geojson));
  return /** @type {GeoJSON.FeatureCollection} */ (gcoord.transform(shapes, gcoord.WGS84, gcoord.GCJ02));
};
