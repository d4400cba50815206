/** A wall's page: fetches what there is to show and draws one scene after the other. The order of things: rotation.js. */
import { begin, Ended } from "reports/rotation";
import { scenesOf } from "reports/wall_scenes";
import { byId, dataOf } from "web/dom";

const PATIENCE = 30_000; // ms that an answer may take
const scene = byId("scene");
const when = byId("when");
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: document.body.dataset.timeZone,
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

async function ask() {
  const response = await fetch(dataOf(document.body, "now"), {
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.status === 410 || response.status === 404) throw new Ended();
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function say({ at, away, ended }) {
  const words = { time: at === null ? "–" : clock.format(at) };
  when.classList.toggle("away", away || ended);
  if (ended) {
    when.textContent = "";
    const told = document.createElement("p");
    told.className = "waiting";
    told.textContent = gettext("This wall was ended. Ask the publicity department for a new address.");
    scene.replaceChildren(told);
  } else if (away) when.textContent = interpolate(gettext("No connection; last refreshed %(time)s"), words, true);
  else when.textContent = interpolate(gettext("Last refreshed %(time)s"), words, true);
}

begin({
  ask,
  scenesOf: (told) => scenesOf(told, (drawn) => scene.replaceChildren(drawn)),
  say,
  anew: () => location.reload(),
  now: () => Date.now(),
  later: (what, ms) => setTimeout(what, ms),
});
