/** The scenes of a wall: the map with open cases, today, the streets, campaigns, before and after. Each is drawn when its turn comes. */
import { el } from "web/dom";

const SVG = "http://www.w3.org/2000/svg";
const language = document.documentElement.lang;
const WIDTH = 1060; // of the map's drawing, about its pixels on the wall
const HEIGHT = 830;
const MARGIN = 24;
const ROWS = 16; // streets that fit on a scene

/**
 * @typedef {{name: string, label: [number, number], rings: [number, number][][], open: number, late: number}} Outline
 * @typedef {{title: string, count?: number, rate?: number|null, n?: number, tone?: string}} Figure
 * @typedef {{name: string, assets: number, rate: number|null, inspected: number, open: number, late: number,
 *            in_time: number|null, due: number}} Street
 * @typedef {{counted: number, wanted: number|null, percent: number|null}} Cell
 * @typedef {{name: string, ends: string, days_left: number, totals: ({title: string} & Cell)[],
 *            streets: {name: string, cells: Cell[]}[]}} Campaign
 * @typedef {{district: string, map: {streets: Outline[], dots: [number, number, string][]}, today: Figure[],
 *            streets: Street[], campaigns: Campaign[], pairs: {before: string, after: string, words: string}[]}} Told
 */

/**
 * What draws each scene of an answer.
 * @param {Told} told @param {(drawn: Element) => void} put
 */
export function scenesOf(told, put) {
  const pages = Math.ceil(told.streets.length / ROWS);
  return [
    () => put(mapScene(told)),
    () => put(todayScene(told)),
    ...Array.from({ length: pages }, (_none, page) => () => put(streetsScene(told, page))),
    ...told.campaigns.map((campaign) => () => put(campaignScene(told, campaign))),
    ...told.pairs.map((pair) => () => put(pairScene(told, pair))),
  ];
}

const number = (value) => new Intl.NumberFormat(language).format(value);
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percent = (value) => (value === null || value === undefined ? "–" : `${tenths.format(value)} %`);
const scene = (title, small, ...content) =>
  el("section", { class: "scene" }, el("h2", {}, title, small && el("small", {}, small)), ...content);

/** @param {Told} told */
function mapScene({ district, map, streets }) {
  const open = streets.reduce((sum, street) => sum + street.open, 0);
  const late = streets.reduce((sum, street) => sum + street.late, 0);
  const words = interpolate(gettext("%(open)s open, %(late)s late"), { open: number(open), late: number(late) }, true);
  const rows = map.streets.map(({ name, open, late }, place) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, `${place + 1} ${name}`),
      el("td", {}, number(open)),
      el("td", { class: late ? "late" : "of" }, number(late)),
    ),
  );
  const heads = [gettext("Street"), gettext("Open cases"), gettext("Late")];
  return scene(
    `${district} · ${gettext("Open cases")}`,
    words,
    el("div", { class: "scene-map" }, drawing(map), table(heads, rows)),
  );
}

function table(heads, rows) {
  const head = el("tr", {}, ...heads.map((title) => el("th", { scope: "col" }, title)));
  return el("div", {}, el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
}

/** Streets, numbers and dots; degrees are drawn as on a map of our latitude. */
function drawing({ streets, dots }) {
  const place = projection(streets.flatMap(({ rings }) => rings.flat()).concat(dots.map(([x, y]) => [x, y])));
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  for (const { rings, open, late } of streets) {
    const d = rings.map((ring) => `M${ring.map((corner) => place(corner).join(" ")).join("L")}Z`).join("");
    svg.append(shape("path", { d, class: late ? "late" : open ? "open" : "" }));
  }
  for (const [x, y, lamp] of dots) {
    const [cx, cy] = place([x, y]);
    svg.append(shape("circle", { cx, cy, r: lamp === "red" ? 10 : 7, class: lamp }));
  }
  for (const [number, { label }] of streets.entries()) {
    const [x, y] = place(label);
    const text = shape("text", { x, y });
    text.textContent = String(number + 1);
    svg.append(text);
  }
  return svg;
}

/** From degrees to the drawing, all of the points inside. @param {[number, number][]|number[][]} points */
export function projection(points) {
  const edge = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    edge[0] = Math.min(edge[0], x);
    edge[1] = Math.min(edge[1], y);
    edge[2] = Math.max(edge[2], x);
    edge[3] = Math.max(edge[3], y);
  }
  const [west, south, east, north] = points.length ? edge : [0, 0, 1, 1];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const across = Math.max((east - west) * narrow, 1e-6);
  const up = Math.max(north - south, 1e-6);
  const scale = Math.min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / up);
  const left = (WIDTH - across * scale) / 2;
  const top = (HEIGHT - up * scale) / 2;
  const rounded = (value) => Math.round(value * 10) / 10;
  return ([x, y]) => [rounded(left + (x - west) * narrow * scale), rounded(top + (north - y) * scale)];
}

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/** @param {Told} told */
function todayScene({ district, today }) {
  const figures = today.map(({ title, count, rate, n, tone }) =>
    el(
      "li",
      { class: count && tone },
      el("b", {}, count === undefined ? percent(rate) : number(count)),
      el("span", {}, title, n === undefined ? null : el("small", { class: "of" }, ` (n = ${number(n)})`)),
    ),
  );
  return scene(`${district} · ${gettext("Today")}`, "", el("ul", { class: "numbers" }, ...figures));
}

/** @param {Told} told @param {number} page */
function streetsScene({ district, streets }, page) {
  const heads = [
    gettext("Street"),
    gettext("Assets"),
    gettext("Undamaged"),
    gettext("Open cases"),
    gettext("Late"),
    gettext("In time this month"),
  ];
  const share = (rate, n) => [percent(rate), el("span", { class: "of" }, ` n = ${number(n)}`)];
  const rows = streets
    .slice(page * ROWS, (page + 1) * ROWS)
    .map((street) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, street.name),
        el("td", {}, number(street.assets)),
        el("td", {}, ...share(street.rate, street.inspected)),
        el("td", {}, number(street.open)),
        el("td", { class: street.late ? "late" : "of" }, number(street.late)),
        el("td", {}, ...share(street.in_time, street.due)),
      ),
    );
  return scene(`${district} · ${gettext("The streets")}`, "", table(heads, rows));
}

/**
 * What was wanted of a campaign and what was counted: altogether with bars, and by street.
 * @param {Told} told @param {Campaign} campaign
 */
function campaignScene({ district }, { name, ends, days_left, totals, streets }) {
  const left = ngettext("%(n)s day left", "%(n)s days left", days_left);
  const until = interpolate(gettext("until %(day)s"), { day: ends }, true);
  const bars = totals.map(({ title, counted, wanted, percent }) =>
    el(
      "li",
      {},
      el("span", {}, title),
      el("b", {}, number(counted), wanted === null ? null : el("small", { class: "of" }, ` / ${number(wanted)}`)),
      percent === null ? null : el("progress", { max: 100, value: percent }),
    ),
  );
  const heads = [gettext("Street"), ...totals.map(({ title }) => title)];
  const cell = ({ counted, wanted }) =>
    el("td", {}, number(counted), wanted === null ? null : el("span", { class: "of" }, ` / ${number(wanted)}`));
  const rows = streets
    .slice(0, ROWS)
    .map((street) => el("tr", {}, el("th", { scope: "row" }, street.name), ...street.cells.map(cell)));
  return scene(
    `${district} · ${name}`,
    `${until} · ${interpolate(left, { n: number(days_left) }, true)}`,
    el("div", { class: "scene-campaign" }, el("ul", { class: "bars" }, ...bars), table(heads, rows)),
  );
}

/** @param {Told} told @param {Told["pairs"][0]} pair */
function pairScene({ district }, { before, after, words }) {
  const photo = (src, title) => el("figure", {}, el("img", { src, alt: "" }), el("figcaption", {}, title));
  return scene(
    `${district} · ${words}`,
    "",
    el("div", { class: "pair" }, photo(before, gettext("Before")), photo(after, gettext("After"))),
  );
}
