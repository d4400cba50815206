import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { openPage } from "./setup.js";

openPage({ lang: "en" });
const { clock, dayOf, daysUntil, dueInWords, metres, nameOf, size, today } = await import("field/shell/say");

/** Half past midnight in the district, and still the day before in UTC. */
mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-27T16:30:00Z") });

test("today is the district's day, not the phone's", () => {
  assert.equal(today(), "2026-11-28");
  assert.equal(dayOf("2026-11-27T15:59:59Z"), "2026-11-27");
  assert.equal(
    clock("2026-11-27T16:30:00Z").includes("00:30") || clock("2026-11-27T16:30:00Z").includes("24:30"),
    true,
  );
});

test("days are counted in days, also over a month's end", () => {
  assert.equal(daysUntil("2026-11-28"), 0);
  assert.equal(daysUntil("2026-12-01"), 3);
  assert.equal(daysUntil("2026-11-01"), -27);
});

for (const [day, words] of [
  ["2026-11-27", "1 day overdue"],
  ["2025-11-28", "365 days overdue"],
  ["2026-11-28", "due today"],
  ["2026-11-29", "due tomorrow"],
  ["2026-12-01", "due in 3 days"],
  ["2027-01-26", "due in 59 days"],
  ["2027-01-27", "due 2027-01-27"],
]) {
  test(`${day} is ${words}`, () => assert.equal(dueInWords(day), words));
}

test("distances and sizes are rounded as people say them", () => {
  assert.deepEqual([0.4, 999.4, 1000, 9949, 9951].map(metres), ["0 m", "999 m", "1.0 km", "9.9 km", "10 km"]);
  assert.deepEqual([1, 340_000, 12_400_000, 160e6, 2.04e9].map(size), [
    "1 KB",
    "340 KB",
    "12.4 MB",
    "160 MB",
    "2.0 GB",
  ]);
});

test("a name without English is the Chinese one, and no row has none", () => {
  assert.equal(nameOf({ zh: "宣传栏", en: "Notice board" }), "Notice board");
  assert.equal(nameOf({ zh: "宣传栏", en: "" }), "宣传栏");
  assert.equal(nameOf(undefined), "");
});
