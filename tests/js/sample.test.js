import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, nearby, nextLook, placesOf } from "importing/sample";

/** @type {import("importing/sample").Bounds} */
const DISTRICT = [116.9, 36.6, 117.1, 36.8];
const RIGHT = { lon: [117, 117.01, null, 130], lat: [36.7, 36.71, null, 40] };
const SHIFTED = { lon: [117.006, 117.016, null, 130.006], lat: [36.701, 36.711, null, 40.001] };
const NONE = { lon: [null, null, null, null], lat: [null, null, null, null] };

test("what lies about the district is looked at first, and everything readable when nothing does", () => {
  assert.deepEqual(nearby(RIGHT, DISTRICT), [0, 1]);
  assert.deepEqual(nearby(RIGHT, [0, 0, 1, 1]), [0, 1, 3]);
  assert.equal(countOf(RIGHT), 3);
  assert.deepEqual(placesOf(RIGHT, [1, 2]), [[117.01, 36.71]]);
});

test("a look takes in the other readings of the row that are near, and leaves out what is far", () => {
  assert.deepEqual(nextLook([RIGHT, SHIFTED], 0, DISTRICT, 0), [117, 36.7, 117.006, 36.701]);
  const far = { lon: [10, 10, 10, 10], lat: [10, 10, 10, 10] };
  assert.deepEqual(nextLook([RIGHT, far], 0, DISTRICT, 0), [117, 36.7, 117, 36.7]);
});

test("one look after the other comes to other rows", () => {
  const looks = [0, 1, 2].map((turn) => nextLook([RIGHT], 0, DISTRICT, turn)?.[0]);
  assert.equal(new Set(looks).size, 2);
});

test("under a reading that fits no row there is nothing to look at", () => {
  assert.equal(nextLook([NONE, RIGHT], 0, DISTRICT, 0), null);
  assert.equal(nextLook([{ lon: [], lat: [] }], 0, DISTRICT, 3), null);
});
