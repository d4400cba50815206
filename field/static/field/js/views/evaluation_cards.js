/** Today's sites of an evaluation: what is to be visited in walking order, then what is done. */
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as evaluations from "field/down/evaluations";
import { subLine } from "field/shell/pieces";
import * as position from "field/phone/position";
import { metres, nameOf, number, say } from "field/shell/say";
import { wayLength, walkingOrder } from "field/phone/walking_order";

/** More than anybody walks in a day; an order of all would take seconds. */
const MOST_ON_A_WALK = 60;

/** @returns {HTMLElement[]} */
export function evaluationCards() {
  const here = position.lastKnown();
  const every = evaluations.sites();
  const open = every.filter((site) => !evaluations.isDone(site));
  const near = here ? open.toSorted((a, b) => metresBetween(here, a) - metresBetween(here, b)) : open;
  const way = walkingOrder(here, near.slice(0, MOST_ON_A_WALK));
  const done = every.filter((site) => evaluations.isDone(site));
  const rest = near.slice(MOST_ON_A_WALK);
  const left = evaluations.sitesMatched() - every.length;
  return [
    el(
      "p",
      { class: "hint walk-hint" },
      say(gettext("%(done)s of %(n)s sites visited"), { done: number(done.length), n: number(every.length) }),
      way.length > 1
        ? ` · ${say(gettext("%(n)s to visit, %(far)s on foot in straight lines"), {
            n: number(way.length),
            far: metres(wayLength(here, way)),
          })}`
        : "",
    ),
    el(
      "ol",
      { class: "cards in-group" },
      ...way.map((site, index) => el("li", {}, card(site, index + 1))),
      ...rest.map((site) => el("li", {}, card(site, null))),
      ...done.map((site) => el("li", {}, card(site, null))),
    ),
    left > 0
      ? el(
          "p",
          { class: "hint walk-hint" },
          say(gettext("%(n)s more sites come when some of these are done."), { n: number(left) }),
        )
      : "",
  ].filter((part) => part instanceof HTMLElement);
}

function card(site, order) {
  const round = evaluations.roundOf(site.round);
  const here = position.lastKnown();
  return el(
    "a",
    { class: "card", href: `#/visit/${site.round}/${site.code}`, "data-site": site.code },
    el("span", { class: "thumb", "aria-hidden": "true" }, order ? el("b", {}, order) : icon("check")),
    el(
      "span",
      {},
      el("span", { class: "card-title" }, site.name),
      subLine(
        nameOf(site.kind),
        evaluations.isDone(site) ? el("b", {}, gettext("visited")) : here && metres(metresBetween(here, site)),
        round?.name,
      ),
    ),
    icon("next", "icon small"),
  );
}
