/** The names along a snapshot's roads: where letters come to stand, and how wide a line is at a zoom. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { snapshotScripts } from "./snapshot.js";

// What the scripts ask of Leaflet while they are read.
/** @type {any} */ (globalThis).L = { Layer: { extend: (members) => members } };
const { lettersAlong, take, widthOf } = snapshotScripts(
  ["ground_layer", "line_names"],
  "({ lettersAlong, take, widthOf })",
);

const point = (x, y) => ({ x, y });
const LETTERS = [12, 12, 12, 12];

test("a name runs from left to right, whichever way its road was drawn", () => {
  for (const road of [
    [point(0, 50), point(200, 50)],
    [point(200, 50), point(0, 50)],
  ]) {
    const placed = lettersAlong(road, [0, 200], 60, LETTERS, true);
    assert.ok(placed.every(({ x }, k) => k === 0 || x > placed[k - 1].x));
    assert.ok(placed.every(({ angle }) => Math.abs(Math.sin(angle)) < 1e-9 && Math.cos(angle) > 0));
  }
});

test("Chinese letters stand upright along a road that leads north, the first one above", () => {
  const placed = lettersAlong([point(50, 200), point(50, 0)], [0, 200], 60, LETTERS, true);
  assert.ok(placed.every(({ y }, k) => k === 0 || y > placed[k - 1].y));
  assert.ok(placed.every(({ angle }) => Math.abs(Math.sin(angle)) < 1e-9 && Math.cos(angle) > 0));
});

test("Latin letters lie along such a road", () => {
  const placed = lettersAlong([point(50, 200), point(50, 0)], [0, 200], 60, LETTERS, false);
  assert.ok(placed.every(({ angle }) => Math.abs(Math.cos(angle)) < 1e-9));
});

test("around a sharp bend there is no name", () => {
  const bend = [point(0, 0), point(50, 0), point(50, 50)];
  assert.equal(lettersAlong(bend, [0, 50, 100], 26, LETTERS, true), null);
});

test("two names never stand on one place", () => {
  const taken = new Set();
  assert.equal(take(taken, [point(10, 10), point(22, 10)]), true);
  assert.equal(take(taken, [point(24, 12)]), false);
  assert.equal(take(taken, [point(24, 60)]), true);
});

test("a line grows with the zoom, and a motorway is wider than a street", () => {
  for (let zoom = 5; zoom <= 19; zoom++) {
    assert.ok(widthOf("motorway", zoom) > widthOf("street", zoom));
    assert.ok(widthOf("street", zoom + 1) >= widthOf("street", zoom));
  }
});
