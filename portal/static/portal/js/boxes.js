/**
 * Boxes over a photo, as shares of its width and height: pure arithmetic, for `redact.js` and its tests.
 * @typedef {[left: number, top: number, right: number, bottom: number]} Box
 */

/** What is smaller was no drawing but a tap. */
export const SMALLEST = 0.01;

/** @param {number} value */
const inside = (value) => Math.min(1, Math.max(0, value));

/**
 * The box between two points, its corners in order and inside the photo.
 * @param {[number, number]} from @param {[number, number]} to @returns {Box}
 */
export const between = ([ax, ay], [bx, by]) => [
  inside(Math.min(ax, bx)),
  inside(Math.min(ay, by)),
  inside(Math.max(ax, bx)),
  inside(Math.max(ay, by)),
];

/** @param {Box} box */
export const isMeant = ([left, top, right, bottom]) => right - left >= SMALLEST && bottom - top >= SMALLEST;

/**
 * The box elsewhere, as large as before and never over the edge.
 * @param {Box} box @param {number} right @param {number} down @returns {Box}
 */
export function moved([left, top, rightEdge, bottom], right, down) {
  const x = Math.min(1 - rightEdge, Math.max(-left, right));
  const y = Math.min(1 - bottom, Math.max(-top, down));
  return [left + x, top + y, rightEdge + x, bottom + y];
}

/**
 * The box with its lower right corner elsewhere; it never becomes smaller than what is meant.
 * @param {Box} box @param {number} right @param {number} down @returns {Box}
 */
export const resized = ([left, top, rightEdge, bottom], right, down) => [
  left,
  top,
  Math.min(1, Math.max(left + SMALLEST, rightEdge + right)),
  Math.min(1, Math.max(top + SMALLEST, bottom + down)),
];

/**
 * What a key does to a box; null where it does nothing.
 * @param {Box} box @param {string} key @param {boolean} withShift @param {number} step @returns {Box | null}
 */
export function byKey(box, key, withShift, step) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!way) return null;
  const [x, y] = way.map((direction) => direction * step);
  return withShift ? resized(box, x, y) : moved(box, x, y);
}
