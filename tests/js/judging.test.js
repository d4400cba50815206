import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import "./phone.js";

const judging = await import("field/down/judging");

const RULES = { apart: 20, apart_indoors: 10 };
/** @param {any} more @returns {import("field/down/judging").Item} */
const item = (more = {}) => ({
  code: "a",
  group: "",
  zh: "",
  en: "",
  how: "",
  answer: "count",
  threshold: 2,
  direction: "at_least",
  asked: null,
  theme: "core_values",
  carrier: null,
  publicity: true,
  metres: null,
  minutes: null,
  critical: false,
  photo: true,
  ...more,
});
/** A piece so many metres east of the first. */
const piece = (uid, east = 0, more = {}) => ({
  uid,
  name: "",
  code: uid,
  type: "notice_board",
  type_zh: "",
  type_en: "",
  fixed: true,
  themes: ["core_values"],
  condition: "good",
  indoor: false,
  since: null,
  lon: 117 + east / 89_200,
  lat: 36.68,
  ...more,
});

test("a value is judged as the server judges it", async () => {
  const examples = JSON.parse(await readFile(new URL("../evaluation/judging.json", import.meta.url), "utf-8"));
  for (const { answer, threshold, direction, value, expected } of examples) {
    assert.equal(judging.judge(item({ answer, threshold, direction }), value), expected);
  }
});

test("pieces are counted as the handbook counts, and each left out says why", () => {
  const pieces = [
    piece("one"),
    piece("near", 12),
    piece("far", 30),
    piece("faded", 60, { condition: "damaged" }),
    piece("banner", 90, { fixed: false }),
    piece("other", 120, { themes: ["traffic_manners"] }),
    piece("gone", 150, { condition: "missing" }),
  ];
  const { counted, left } = judging.countPieces(item(), pieces, RULES);
  assert.deepEqual(
    counted.map(({ uid }) => uid),
    ["one", "far"],
  );
  assert.deepEqual(
    left.map(({ piece: { uid }, why }) => [uid, why]),
    [
      ["near", "near"],
      ["faded", "condition"],
      ["banner", "moveable"],
      ["gone", "missing"],
    ],
  );
});

test("what was found missing is not counted, and lets its neighbour count", () => {
  const pieces = [piece("one"), piece("near", 12)];
  const { counted } = judging.countPieces(item(), pieces, RULES, ["one"]);
  assert.deepEqual(
    counted.map(({ uid }) => uid),
    ["near"],
  );
});

test("indoors ten metres are enough", () => {
  const pieces = [piece("one", 0, { indoor: true }), piece("two", 12, { indoor: true })];
  assert.equal(judging.countPieces(item(), pieces, RULES).counted.length, 2);
});

test("a form comes answered from the catalogue, and only where the catalogue can say it", () => {
  const filled = judging.prefilled(item(), [piece("one"), piece("far", 30)], RULES);
  assert.equal(filled.value, 2);
  assert.equal(judging.answerOf(item(), filled), "yes");
  const unasked = item({ theme: null, publicity: false });
  assert.equal(judging.prefilled(unasked, [piece("one")], RULES).value, null);
});

test("all as it should be leaves what was found, not applicable takes the whole section", () => {
  const items = ["a", "b", "c"].map((code) => item({ code, answer: "conform", threshold: null }));
  const entries = Object.fromEntries(items.map(({ code }) => [code, judging.blank()]));
  entries.b.answer = "no";
  judging.fillRest(items, entries, "yes");
  assert.deepEqual(
    items.map((item) => judging.answerOf(item, entries[item.code])),
    ["yes", "no", "yes"],
  );
  judging.fillRest(items, entries, "na");
  assert.deepEqual(
    items.map((item) => judging.answerOf(item, entries[item.code])),
    ["na", "na", "na"],
  );
});

test("a form lacks its open items and the photos of what fails", () => {
  const items = [item({ code: "a", answer: "conform", threshold: null }), item({ code: "b" })];
  const entries = { a: judging.blank(), b: { ...judging.blank(), value: 1 } };
  assert.deepEqual(
    judging.lacking(items, entries).open.map(({ code }) => code),
    ["a"],
  );
  assert.deepEqual(
    judging.lacking(items, entries).photos.map(({ code }) => code),
    ["b"],
  );
});

test("what is sent says what was found and what the catalogue showed", () => {
  const entry = { ...judging.blank(), value: 1, missing: ["one"], note: " gone " };
  assert.deepEqual(judging.found([item()], { a: entry }, [piece("one"), piece("far", 30)], RULES), [
    {
      item: "a",
      answer: "no",
      value: 1,
      asked: null,
      catalogued: 2,
      missing: ["one"],
      photos: [],
      note: "gone",
    },
  ]);
});

test("not applicable counts in no rate", () => {
  assert.deepEqual(judging.rateOf(["yes", "no", "na", null, "yes"]), { n: 3, percent: 67 });
  assert.deepEqual(judging.rateOf(["na"]), { n: 0, percent: null });
});
