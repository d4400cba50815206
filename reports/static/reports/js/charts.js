/** From a table to what ECharts draws: pure, so that it is tested without a page or a canvas. */
import { dataOf, element } from "web/dom";

/**
 * @typedef {{title: string, tone: string}} Series
 * @typedef {{title: string, values: (number|null)[], address?: string}} Row
 * @typedef {{kind: string, unit: string, decimals: number, series: Series[], rows: Row[]}} Chart
 * @typedef {{ink: string, quiet: string, line: string, paper: string, font: string, language: string, still: boolean,
 *            patterns: boolean, colour: (tone: string, place: number) => string}} Look
 */

const ROW_HEIGHT = 24; // px, of a row that lies on its side
const AROUND = 70; // px, for legend and axis

/**
 * Reads a chart out of its figure.
 * @param {HTMLElement} figure
 * @returns {Chart}
 */
export function readChart(figure) {
  const heads = [...figure.querySelectorAll("thead th")].slice(1);
  const rows = [...figure.querySelectorAll("tbody tr")].map((row) => ({
    title: element("th", { within: row }).textContent.trim(),
    address: row.querySelector("a")?.getAttribute("href") ?? "",
    values: [...row.querySelectorAll("td")].map((cell) => (cell.dataset.value ? Number(cell.dataset.value) : null)),
  }));
  return {
    kind: dataOf(figure, "chart"),
    unit: dataOf(figure, "unit"),
    decimals: Number(figure.dataset.decimals),
    series: heads.map((head) => ({
      title: head.textContent.trim(),
      tone: dataOf(/** @type {HTMLElement} */ (head), "tone"),
    })),
    rows,
  };
}

/** How high a chart wants to be, in px; null for the usual. @param {Chart} chart */
export const heightOf = ({ kind, rows }) => (kind === "rows" ? rows.length * ROW_HEIGHT + AROUND : null);

/** A number as its table shows it. @param {number|null} value @param {Chart} chart @param {string} language */
export function inWords(value, { decimals, unit }, language) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const words = new Intl.NumberFormat(language, digits).format(value);
  return unit === "%" ? `${words} %` : words;
}

/** A whole row in words, for whoever goes through a chart by keys. @param {Chart} chart @param {number} place */
export function rowInWords(chart, place, language) {
  const row = chart.rows[place];
  const parts = chart.series.map(({ title }, number) => `${title} ${inWords(row.values[number], chart, language)}`);
  return `${row.title}: ${parts.join(", ")}`;
}

/**
 * What ECharts is told.
 * @param {Chart} chart @param {Look} look
 * @returns {Record<string, any>}
 */
export function optionsOf(chart, look) {
  const onItsSide = chart.kind === "rows";
  const stacked = ["area", "stack", "rows"].includes(chart.kind);
  const text = { color: look.ink, fontFamily: look.font };
  const names = {
    type: "category",
    data: chart.rows.map((row) => row.title),
    inverse: onItsSide,
    boundaryGap: chart.kind !== "area",
    axisLabel: { color: look.ink, hideOverlap: true, interval: onItsSide ? 0 : "auto" },
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
  };
  const amounts = {
    type: "value",
    min: 0,
    ...(chart.unit === "%" ? { max: 100 } : {}),
    minInterval: chart.decimals ? 0 : 1,
    axisLabel: { color: look.quiet, formatter: (value) => new Intl.NumberFormat(look.language).format(value) },
    splitLine: { lineStyle: { color: look.line } },
  };
  return {
    animation: !look.still,
    animationDuration: 200,
    textStyle: text,
    // Patterns beside colours where they are asked for, and no words of its own: the table is what screen readers read.
    aria: { enabled: true, label: { enabled: false }, decal: { show: look.patterns && chart.series.length > 1 } },
    legend: { type: "scroll", bottom: 0, textStyle: { color: look.ink }, pageTextStyle: { color: look.ink } },
    grid: { left: 8, right: 20, top: 12, bottom: 34, containLabel: true },
    // As text on the canvas: a tooltip of HTML would bring styles of its own, which the page's policy refuses.
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: look.paper,
      borderColor: look.line,
      textStyle: text,
      axisPointer: { type: onItsSide || chart.kind === "bars" || chart.kind === "stack" ? "shadow" : "line" },
      valueFormatter: (value) => inWords(value, chart, look.language),
    },
    xAxis: onItsSide ? amounts : names,
    yAxis: onItsSide ? names : amounts,
    series: chart.series.map(({ title, tone }, place) => ({
      name: title,
      type: chart.kind === "area" || chart.kind === "line" ? "line" : "bar",
      stack: stacked ? "all" : undefined,
      areaStyle: chart.kind === "area" ? { opacity: 0.85 } : undefined,
      lineStyle: { width: chart.kind === "area" ? 0 : 2 },
      symbolSize: 7,
      showSymbol: chart.kind === "line" || chart.rows.length === 1,
      connectNulls: false,
      barMaxWidth: 34,
      itemStyle: { color: look.colour(tone, place) },
      data: chart.rows.map((row) => row.values[place]),
    })),
  };
}
