import assert from "node:assert/strict";
import { test } from "node:test";
import { between, byKey, isMeant, moved, resized, SMALLEST } from "portal/boxes";

const near = (/** @type {number[]} */ found, /** @type {number[]} */ wanted) => {
  found.forEach((value, n) => {
    assert.ok(Math.abs(value - wanted[n]) < 1e-9, `${found} is not ${wanted}`);
  });
};

test("a box is the same whichever corner it is drawn from, and ends at the photo's edge", () => {
  near(between([0.6, 0.7], [0.2, 0.1]), [0.2, 0.1, 0.6, 0.7]);
  near(between([-0.5, 0.5], [2, 2]), [0, 0.5, 1, 1]);
});

test("a tap is no box", () => {
  assert.equal(isMeant(between([0.5, 0.5], [0.5, 0.5])), false);
  assert.equal(isMeant(between([0.5, 0.5], [0.6, 0.6])), true);
});

test("a box that is moved keeps its size and stays inside", () => {
  near(moved([0.2, 0.2, 0.4, 0.4], 0.1, -0.1), [0.3, 0.1, 0.5, 0.3]);
  near(moved([0.2, 0.2, 0.4, 0.4], 5, -5), [0.8, 0, 1, 0.2]);
});

test("a box never becomes too small to be seen, nor larger than the photo", () => {
  near(resized([0.2, 0.2, 0.4, 0.4], -1, 1), [0.2, 0.2, 0.2 + SMALLEST, 1]);
});

test("arrows move, with Shift they resize, other keys do nothing", () => {
  near(byKey([0.2, 0.2, 0.4, 0.4], "ArrowLeft", false, 0.1), [0.1, 0.2, 0.3, 0.4]);
  near(byKey([0.2, 0.2, 0.4, 0.4], "ArrowDown", true, 0.1), [0.2, 0.2, 0.4, 0.5]);
  assert.equal(byKey([0.2, 0.2, 0.4, 0.4], "Enter", false, 0.1), null);
});
