/**
 * Where a sample of rows would lie under each reading of their coordinates: pure arithmetic, for `position.js` and its
 * tests. A row that cannot be read so has null in both lists.
 * @typedef {{lon: (number|null)[], lat: (number|null)[]}} Reading WGS84, in degrees; a row has the same place in every one
 * @typedef {[west: number, south: number, east: number, north: number]} Bounds
 * @typedef {[lon: number, lat: number]} Place
 */

/** In degrees; two readings of one row farther apart than this are not to be compared on one screen. */
const CLOSE = 0.05;
/** Steps of the golden section come to every row before long, and never to two neighbours in turn. */
const STEP = 0.618034;

/** Where a row lies, if it can be read so. @param {Reading} reading @param {number} row @returns {Place|null} */
export function placeOf({ lon, lat }, row) {
  const [x, y] = [lon[row], lat[row]];
  return typeof x === "number" && typeof y === "number" ? [x, y] : null;
}

/** What is there, without what is not. @template Thing @param {(Thing|null)[]} things @returns {Thing[]} */
const present = (things) => things.flatMap((thing) => (thing === null ? [] : [thing]));

/** The rows that can be read so. @param {Reading} reading @returns {number[]} */
const readable = (reading) => reading.lon.map((_, row) => row).filter((row) => placeOf(reading, row) !== null);

/** How many rows can be read so. @param {Reading} reading */
export const countOf = (reading) => readable(reading).length;

/**
 * The rows of a reading that lie within bounds; all that can be read, when none does.
 * @param {Reading} reading @param {Bounds} bounds @returns {number[]}
 */
export function nearby(reading, [west, south, east, north]) {
  const rows = readable(reading);
  const inside = rows.filter((row) => {
    const place = placeOf(reading, row);
    return place && west <= place[0] && place[0] <= east && south <= place[1] && place[1] <= north;
  });
  return inside.length ? inside : rows;
}

/** Where some rows of a reading lie. @param {Reading} reading @param {number[]} rows @returns {Place[]} */
export const placesOf = (reading, rows) => present(rows.map((row) => placeOf(reading, row)));

/**
 * The rectangle around one row and its other readings, near enough to see which stands where the thing stands.
 * @param {Reading[]} readings @param {number} at which of them is the chosen one @param {Bounds} bounds of the district
 * @param {number} turn how often somebody has looked
 * @returns {Bounds|null} null where no row can be read so: there is nothing to look at
 */
export function nextLook(readings, at, bounds, turn) {
  const rows = nearby(readings[at], bounds);
  if (!rows.length) return null;
  const row = rows[Math.floor((turn * STEP * rows.length) % rows.length)];
  const centre = placeOf(readings[at], row);
  if (!centre) return null;
  const close = present(readings.map((reading) => placeOf(reading, row))).filter(
    ([x, y]) => Math.abs(x - centre[0]) < CLOSE && Math.abs(y - centre[1]) < CLOSE,
  );
  const [lon, lat] = [close.map(([x]) => x), close.map(([, y]) => y)];
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}
