/**
 * An order to walk in: the nearest next, then untangled (2-opt). For the few dozen places of a day that is within a few
 * per cent of the best, and done at once on any phone.
 */
import { metresBetween } from "web/distance";

const ROUNDS = 30;

/**
 * @template {{lon: number, lat: number}} Place
 * @param {{lon: number, lat: number}|null} start where one stands; without it the westernmost place is first
 * @param {Place[]} places
 * @returns {Place[]} the same places in walking order
 */
export function walkingOrder(start, places) {
  if (places.length < 2) return [...places];
  const from = start ?? places.reduce((west, place) => (place.lon < west.lon ? place : west));
  return untangle(from, nearestNext(from, places));
}

/** Metres of the whole way. */
export const wayLength = (start, places) =>
  places.reduce((total, place, index) => total + metresBetween(index ? places[index - 1] : (start ?? place), place), 0);

function nearestNext(start, places) {
  const left = new Set(places);
  const order = [];
  let at = start;
  while (left.size) {
    let next = null;
    let least = Infinity;
    for (const place of left) {
      const far = metresBetween(at, place);
      if (far < least) [next, least] = [place, far];
    }
    left.delete(next);
    order.push(next);
    at = next;
  }
  return order;
}

/** Turns round every stretch whose turning makes the way shorter, until none does. The way does not come back. */
function untangle(start, order) {
  const way = [start, ...order];
  for (let round = 0; round < ROUNDS; round += 1) {
    let better = false;
    for (let i = 0; i < way.length - 2; i += 1) {
      for (let j = i + 2; j < way.length; j += 1) {
        const after = way[j + 1];
        const now = metresBetween(way[i], way[i + 1]) + (after ? metresBetween(way[j], after) : 0);
        const then = metresBetween(way[i], way[j]) + (after ? metresBetween(way[i + 1], after) : 0);
        if (then < now - 0.01) {
          way.splice(i + 1, j - i, ...way.slice(i + 1, j + 1).reverse());
          better = true;
        }
      }
    }
    if (!better) break;
  }
  return way.slice(1);
}
