import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openPage } from "./setup.js";

openPage();
const { metresBetween } = await import("web/distance");

const HERE = { lon: 117, lat: 36.68 };
const place = fc.record({
  lon: fc.double({ min: 116.8, max: 117.2, noNaN: true }),
  lat: fc.double({ min: 36.5, max: 36.9, noNaN: true }),
});

/** The server's formula (places/distance.py). */
function onTheSphere(start, end) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const half =
    Math.sin(radians(end.lat - start.lat) / 2) ** 2 +
    Math.cos(radians(start.lat)) * Math.cos(radians(end.lat)) * Math.sin(radians(end.lon - start.lon) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(half));
}

test("a thousandth of a degree is 111 m northward and 89 m eastward here", () => {
  assert.ok(Math.abs(metresBetween(HERE, { lon: 117, lat: 36.681 }) - 111.2) < 0.1);
  assert.ok(Math.abs(metresBetween(HERE, { lon: 117.001, lat: 36.68 }) - 89.2) < 0.1);
  assert.equal(metresBetween(HERE, HERE), 0);
});

test("it is as far there as back", () => {
  fc.assert(fc.property(place, place, (start, end) => metresBetween(start, end) === metresBetween(end, start)));
});

test("within the city the server counts the same to a thousandth of a percent, or a tenth of a millimetre", () => {
  fc.assert(
    fc.property(place, place, (start, end) => {
      const metres = onTheSphere(start, end);
      assert.ok(Math.abs(metresBetween(start, end) - metres) <= Math.max(metres * 1e-5, 1e-4));
    }),
  );
});
