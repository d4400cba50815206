/** Draws each chart of the page over its table, in the page's colours; by keys one goes through it row by row. */
import { init } from "echarts";
import { heightOf, optionsOf, readChart, rowInWords } from "reports/charts";
import { el, element, every, first } from "web/dom";

const language = document.documentElement.lang;
const dark = matchMedia("(prefers-color-scheme: dark)");
const forced = matchMedia("(forced-colors: active)");
const contrast = matchMedia("(prefers-contrast: more)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** What is drawn, to be drawn anew when the page's colours change. @type {{draw: () => void, fit: () => void}[]} */
const drawn = every("[data-chart]")
  .filter((figure) => first("[data-canvas]", { within: figure }))
  .map(show);

for (const query of [dark, forced, contrast])
  query.addEventListener("change", () => drawn.forEach(({ draw }) => void draw()));
addEventListener("resize", () => drawn.forEach(({ fit }) => void fit()));
// Paper has its own width, and is white.
addEventListener("beforeprint", () => drawn.forEach(({ fit }) => void fit()));
addEventListener("afterprint", () => drawn.forEach(({ fit }) => void fit()));

/** @param {HTMLElement} figure */
function show(figure) {
  const canvas = element("[data-canvas]", { within: figure, kind: HTMLElement });
  const numbers = element("[data-numbers]", { within: figure, kind: HTMLDetailsElement });
  const chart = readChart(figure);
  const height = heightOf(chart);
  canvas.hidden = false;
  if (height) canvas.style.height = `${height}px`;
  numbers.open = false;
  const drawing = init(canvas, null, { renderer: "canvas" });
  const draw = () => drawing.setOption(optionsOf(chart, look()), true);
  draw();
  goThrough(figure, canvas, chart, drawing);
  if (chart.rows.some(({ address }) => address)) lead(canvas, chart, drawing);
  return { draw, fit: () => drawing.resize() };
}

/** Left and right go from row to row, which is said and shown; Enter opens the list behind it. */
function goThrough(figure, canvas, chart, drawing) {
  const announcement = el("p", { class: "said", "aria-live": "polite" });
  canvas.after(announcement);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", gettext("chart"));
  const title = element("h2", { within: figure }).textContent.trim();
  canvas.setAttribute("aria-label", interpolate(gettext("%(title)s: arrow keys go through it"), { title }, true));
  let place = -1;
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  canvas.addEventListener("keydown", (event) => {
    const last = chart.rows.length - 1;
    if (event.key === "Enter" && chart.rows[place]?.address) location.assign(chart.rows[place].address);
    else if (event.key === "Home") place = 0;
    else if (event.key === "End") place = last;
    else if (event.key in steps) place = Math.min(Math.max(place + steps[event.key], 0), last);
    else return;
    event.preventDefault();
    drawing.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: place });
    announcement.textContent = rowInWords(chart, place, language);
  });
  canvas.addEventListener("blur", () => {
    drawing.dispatchAction({ type: "hideTip" });
    announcement.textContent = "";
    place = -1;
  });
}

/** A press on a row opens the list behind it. */
function lead(canvas, chart, drawing) {
  canvas.classList.add("leads");
  drawing.on("click", ({ dataIndex }) => {
    if (chart.rows[dataIndex]?.address) location.assign(chart.rows[dataIndex].address);
  });
}

/** The page's colours as they are now. @returns {import("reports/charts").Look} */
function look() {
  const style = getComputedStyle(document.body);
  const token = (name) => style.getPropertyValue(name).trim();
  // Whoever forces colours gets theirs: the system's, with patterns to tell series apart.
  const system = (name, usual) => (forced.matches ? name : token(usual));
  const few = ["CanvasText", "Highlight", "GrayText", "LinkText", "VisitedText", "CanvasText"];
  return {
    ink: resolved(system("CanvasText", "--ink")),
    quiet: resolved(system("CanvasText", "--ink-3")),
    line: resolved(system("GrayText", "--line")),
    paper: resolved(system("Canvas", "--paper")),
    font: style.fontFamily,
    language,
    still: still.matches,
    patterns: forced.matches || contrast.matches,
    colour: (tone, place) =>
      resolved(forced.matches ? few[place % few.length] : token(tone ? `--${tone}` : `--series-${place % few.length}`)),
  };
}

/** A colour as a canvas takes it: system colours by their present value. @param {string} colour */
function resolved(colour) {
  const probe = el("span", { hidden: true });
  probe.style.color = colour;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value || colour;
}
