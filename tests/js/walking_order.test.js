import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openPage } from "./setup.js";

openPage();
const { walkingOrder, wayLength } = await import("field/phone/walking_order");

const START = { lon: 117, lat: 36.68 };
const place = fc.record({
  lon: fc.double({ min: 117, max: 117.02, noNaN: true }),
  lat: fc.double({ min: 36.68, max: 36.697, noNaN: true }),
});

/** Every order of a list. */
const orders = (list) =>
  list.length < 2
    ? [list]
    : list.flatMap((first, at) => orders(list.filter((_other, index) => index !== at)).map((rest) => [first, ...rest]));

test("the way is nearly the shortest", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  let [shortest, ours, plain] = [0, 0, 0];
  for (let round = 0; round < 10; round += 1) {
    const places = Array.from({ length: 7 }, () => ({ lon: 117 + random() / 50, lat: 36.68 + random() / 60 }));
    shortest += Math.min(...orders(places).map((order) => wayLength(START, order)));
    ours += wayLength(START, walkingOrder(START, places));
    plain += wayLength(START, places);
  }
  assert.ok(shortest <= ours * 1.000001);
  assert.ok(ours < shortest * 1.08, `${ours} m instead of ${shortest} m`);
  assert.ok(ours < plain * 0.8);
});

test("everybody is visited once, and turning nobody round makes it shorter", () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 15 }), (places) => {
      const way = walkingOrder(START, places);
      assert.deepEqual(new Set(way), new Set(places));
      assert.equal(way.length, places.length);
      for (let from = 0; from < way.length - 1; from += 1) {
        for (let to = from + 2; to <= way.length; to += 1) {
          const turned = [...way.slice(0, from), ...way.slice(from, to).reverse(), ...way.slice(to)];
          assert.ok(wayLength(START, turned) > wayLength(START, way) - 0.02);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("without a place to begin the westernmost is first", () => {
  const places = [
    { lon: 117.02, lat: 36.69 },
    { lon: 117.001, lat: 36.69 },
    { lon: 117.01, lat: 36.69 },
  ];
  assert.deepEqual(
    walkingOrder(null, places).map(({ lon }) => lon),
    [117.001, 117.01, 117.02],
  );
});
