/** Where on the map a feature of our point layers lies. */

/** @param {{geometry: GeoJSON.Geometry}} feature of a layer of points @returns {[number, number]} lon, lat; WGS84 degrees */
export const placeOf = ({ geometry }) =>
  /** @type {[number, number]} */ (/** @type {GeoJSON.Point} */ (geometry).coordinates);

/**
 * What a finger covers that touches a map, as `queryRenderedFeatures` takes it.
 * @param {{x: number, y: number}} point @param {number} reach pixels to every side @returns {[[number, number], [number, number]]}
 */
export const boxAround = ({ x, y }, reach) => [
  [x - reach, y - reach],
  [x + reach, y + reach],
];
