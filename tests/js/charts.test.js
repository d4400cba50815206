import assert from "node:assert/strict";
import { test } from "node:test";
import { heightOf, inWords, optionsOf, rowInWords } from "reports/charts";

const LOOK = {
  ink: "ink",
  quiet: "quiet",
  line: "line",
  paper: "paper",
  font: "font",
  language: "en",
  still: true,
  patterns: false,
  colour: (tone, place) => tone || `series ${place}`,
};
const CHART = {
  kind: "rows",
  unit: "",
  decimals: 0,
  series: [
    { title: "Good", tone: "good" },
    { title: "Missing", tone: "" },
  ],
  rows: [
    { title: "West", values: [1200, null], address: "/map/?street=1" },
    { title: "East", values: [3, 4] },
  ],
};

test("what lies on its side has its names on the left, the first on top, and grows with its rows", () => {
  const options = optionsOf(CHART, LOOK);
  assert.deepEqual(options.yAxis.data, ["West", "East"]);
  assert.equal(options.yAxis.inverse, true);
  assert.ok(heightOf({ ...CHART, rows: [...CHART.rows, ...CHART.rows] }) > heightOf(CHART));
  assert.equal(heightOf({ ...CHART, kind: "area" }), null);
});

test("series are stacked where they are parts, and each has the colour of what it means", () => {
  const parts = optionsOf(CHART, LOOK).series;
  assert.deepEqual(
    parts.map(({ stack, itemStyle, data }) => [stack, itemStyle.color, data]),
    [
      ["all", "good", [1200, 3]],
      ["all", "series 1", [null, 4]],
    ],
  );
  assert.deepEqual(
    optionsOf({ ...CHART, kind: "bars" }, LOOK).series.map(({ stack }) => stack),
    [undefined, undefined],
  );
});

test("a share of a hundred is drawn up to a hundred", () => {
  assert.equal(optionsOf({ ...CHART, kind: "line", unit: "%" }, LOOK).yAxis.max, 100);
  assert.equal(optionsOf({ ...CHART, kind: "line" }, LOOK).yAxis.max, undefined);
});

test("nothing of a chart is HTML, which the page's policy would refuse", () => {
  assert.equal(optionsOf(CHART, LOOK).tooltip.renderMode, "richText");
});

test("numbers are said as the table shows them, and what nobody knows is no nought", () => {
  assert.equal(inWords(1204.5, { ...CHART, decimals: 2 }, "en"), "1,204.50");
  assert.equal(inWords(97.25, { ...CHART, decimals: 1, unit: "%" }, "en"), "97.3 %");
  assert.equal(rowInWords(CHART, 0, "en"), "West: Good 1,200, Missing –");
});
