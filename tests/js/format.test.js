import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./setup.js";

openPage({ lang: "en" });
const { day, number, timeOfDay } = await import("web/format");
const { rate } = await import("mapping/conditions");

test("numbers have thousands separators", () => {
  assert.equal(number(51_000), "51,000");
});

test("a day is the district's, as the text begins; none is nothing", () => {
  assert.equal(day("2026-11-18T00:42:00+08:00"), "2026-11-18");
  assert.equal(day(null), "");
});

test("a time of day is on the district's clock, wherever one is", () => {
  assert.equal(timeOfDay(new Date("2026-11-18T22:05:00Z")), "06:05");
});

test("a rate is of what has been inspected", () => {
  assert.equal(rate({ unknown: 90, good: 6, minor: 1, damaged: 1, severe: 1, missing: 1 }), 0.3);
  assert.equal(rate({ unknown: 5, good: 0, minor: 0, damaged: 0, severe: 0, missing: 0 }), null);
});
