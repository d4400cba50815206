import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openPage } from "./setup.js";

openPage();
const { bearing, directionName, isFar, meanOf } = await import("field/phone/position");

const HERE = { lon: 117, lat: 36.68 };

test("far is what lies surely beyond the distance that the office is told of", () => {
  const there = { lon: 117, lat: 36.682 }; // 222 m
  const standing = (accuracy) => ({ ...HERE, accuracy, at: 0, heading: null });
  assert.equal(isFar(standing(10), there), true);
  assert.equal(isFar(standing(40), there), false);
});

test("directions go round clockwise from north", () => {
  const ways = [
    [0, 1],
    [1, 1],
    [1, 0],
    [1, -1],
    [0, -1],
    [-1, -1],
    [-1, 0],
    [-1, 1],
  ].map(([east, north]) => bearing(HERE, { lon: 117 + (east / 1000) * 1.247, lat: 36.68 + north / 1000 }));
  assert.deepEqual(ways.map(directionName), [
    "north",
    "northeast",
    "east",
    "southeast",
    "south",
    "southwest",
    "west",
    "northwest",
  ]);
  assert.equal(directionName(359), "north");
});

test("a surer position weighs more, and a mean is no surer than the surest", () => {
  const at = 0;
  const heading = null;
  const mean = meanOf([
    { lon: 117, lat: 36.68, accuracy: 5, at, heading },
    { lon: 117.001, lat: 36.68, accuracy: 50, at, heading },
  ]);
  assert.ok(mean.lon < 117.00002);
  assert.equal(mean.accuracy, 5);
  assert.equal(meanOf([]), null);
});

test("the mean lies among what was measured", () => {
  const fix = fc.record({
    lon: fc.double({ min: 116.8, max: 117.2, noNaN: true }),
    lat: fc.double({ min: 36.5, max: 37, noNaN: true }),
    accuracy: fc.double({ min: 0.1, max: 500, noNaN: true }),
    at: fc.constant(0),
    heading: fc.constant(null),
  });
  fc.assert(
    fc.property(fc.array(fix, { minLength: 1, maxLength: 12 }), (fixes) => {
      const mean = meanOf(fixes);
      for (const key of /** @type {const} */ (["lon", "lat"])) {
        const values = fixes.map((fix) => fix[key]);
        assert.ok(mean[key] >= Math.min(...values) - 1e-7 && mean[key] <= Math.max(...values) + 1e-7);
      }
    }),
  );
});
