/** Where on the map a feature of our point layers lies. */

/** @param {{geometry: GeoJSON.Geometry}} feature of a layer of points @returns {[number, number]} lon, lat; WGS84 degrees */
export const placeOf = ({ geometry }) =>
  /** @type {[number, number]} */ (/** @type {GeoJSON.Point} */ (geometry).coordinates);
