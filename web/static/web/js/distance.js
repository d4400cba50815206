/** How far one place is from another: what the map says while a pin is dragged, and what the phone says all day. */
import { config } from "web/config";

const METRES_PER_DEGREE = (config.earthRadius * Math.PI) / 180;

/**
 * Metres between two places of one city, on the server's sphere (places/distance.py) taken as flat between them: quick
 * enough for a walk past hundreds, and within a thousandth of a percent over the width of the city.
 * @param {{lon: number, lat: number}} start @param {{lon: number, lat: number}} end
 */
export function metresBetween(start, end) {
  const north = (end.lat - start.lat) * METRES_PER_DEGREE;
  const east = (end.lon - start.lon) * METRES_PER_DEGREE * Math.cos(((start.lat + end.lat) * Math.PI) / 360);
  return Math.hypot(north, east);
}
