/** One patrol: setting out, its sites in walking order, each done by one tap or by a report, and coming home. */
import { el, fill, icon } from "web/dom";
import { metresBetween } from "web/distance";
import { formWith } from "field/up/form";
import * as patrols from "field/down/patrols";
import { empty, facts, far, pageHead, question, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { clock, metres, nameOf, number, say } from "field/shell/say";
import * as sync from "field/up/sync";
import { wayLength, walkingOrder } from "field/phone/walking_order";
import { wakeWhenOnline } from "field/shell/worker";

const MOST_PEOPLE = 2000;
/** The order is kept while one walks: it is made anew when a site is done, not at every step. */
const DONE_LAST = { open: 0, problem: 1, visited: 1 };

/** @param {HTMLElement} root @param {string[]} params the patrol's uid */
export function show(root, [uid]) {
  const body = el("div", { class: "page-scroll" });
  const foot = el("div", { class: "area-foot" });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  let people = 1;

  const record = async (button, deed, words) => {
    // A form of its own for each touch: a second touch meanwhile finds the button busy.
    if (button.getAttribute("aria-busy")) return false;
    if (!(await formWith(null).save(() => [deed], { button, problem }))) return false;
    toast(words);
    wakeWhenOnline();
    sync.send();
    return true;
  };
  const begin = (button, patrol) =>
    record(
      button,
      deed(patrol, "patrol_start", patrol.team, { people }),
      gettext("The patrol has begun. Everything is kept on the phone."),
    );
  const visit = (button, patrol, stop) =>
    record(button, deed(patrol, "patrol_visit", stop.name, { site: stop.code }), gettext("Nothing wrong: saved"));
  const end = async (button, patrol) => {
    const open = patrols.stopsOf(patrol).filter((stop) => stop.state === "open").length;
    const sure = await question({
      title: gettext("End the patrol?"),
      text: open
        ? say(ngettext("%(n)s site has not been visited.", "%(n)s sites have not been visited.", open), {
            n: number(open),
          })
        : gettext("Every site has been visited."),
      yes: gettext("End"),
    });
    if (!sure) return;
    const visited = router.visit();
    if (await record(button, deed(patrol, "patrol_end", patrol.team, {}), gettext("The patrol has ended.")))
      router.leave(visited);
  };

  const draw = () => {
    const patrol = patrols.patrolOfId(uid);
    if (!patrol) {
      root.replaceChildren(
        pageHead(gettext("Patrol"), router.back),
        empty(
          "route",
          gettext("This patrol is not on the phone"),
          gettext("It may have ended long ago, or been called off by the office."),
        ),
      );
      return;
    }
    const state = patrols.stateOf(patrol);
    fill(body, about(patrol, state), ...(state === "planned" ? [] : tally(patrol)), ...route(patrol, state, visit));
    foot.replaceChildren(problem, ...footOf(patrol, state));
    root.replaceChildren(pageHead(patrol.team, router.back), body, foot);
  };

  const footOf = (patrol, state) => {
    if (state === "ended") return [el("p", { class: "hint" }, gettext("The patrol has ended."))];
    if (state === "planned") {
      const input = el("input", {
        class: "input",
        id: "patrol-people",
        type: "number",
        inputmode: "numeric",
        min: 1,
        max: MOST_PEOPLE,
        value: people,
      });
      input.addEventListener("input", () => {
        people = Math.round(Number(input.value));
      });
      return [
        el(
          "div",
          { class: "people-row" },
          el("label", { for: "patrol-people" }, gettext("How many people are here?")),
          input,
        ),
        el(
          "button",
          {
            class: "button primary wide",
            id: "patrol-start",
            onclick: (event) => {
              if (people >= 1 && people <= MOST_PEOPLE) begin(event.currentTarget, patrol);
              else {
                problem.textContent = say(gettext("From 1 to %(most)s people."), { most: number(MOST_PEOPLE) });
                problem.hidden = false;
                input.focus();
              }
            },
          },
          icon("play"),
          gettext("Start the patrol"),
        ),
      ];
    }
    return [
      el(
        "div",
        { class: "pair end-heavy" },
        el(
          "button",
          { class: "button", id: "patrol-end", onclick: (event) => end(event.currentTarget, patrol) },
          icon("check"),
          gettext("End"),
        ),
        el(
          "a",
          { class: "button primary", id: "patrol-problem", href: `#/problem/patrol/${patrol.uid}` },
          icon("camera"),
          gettext("Report a problem"),
        ),
      ),
    ];
  };

  patrols.events.addEventListener("changed", draw);
  draw();
  return () => patrols.events.removeEventListener("changed", draw);
}

/** @returns {import("field/up/outbox").Deed} */
const deed = (patrol, kind, title, fields) => ({
  kind,
  position: position.forRecord(),
  fields: { patrol: patrol.uid, ...fields },
  title,
});

const about = (patrol, state) =>
  el(
    "div",
    { class: "panel padded" },
    facts([
      [gettext("Planned for"), clock(Date.parse(patrol.planned_for))],
      [gettext("Where"), patrol.places.join("、")],
      [gettext("Special action"), patrol.campaign],
      [gettext("Remarks"), patrol.remarks],
      [gettext("People"), state !== "planned" && patrols.peopleOf(patrol)],
    ]),
    !patrol.announced &&
      state !== "ended" &&
      el(
        "p",
        { class: "hint far" },
        gettext("Unannounced: streets learn of it when it has ended. Tell nobody beforehand."),
      ),
  );

function tally(patrol) {
  const stops = patrols.stopsOf(patrol);
  const done = stops.filter((stop) => stop.state !== "open").length;
  return [
    el(
      "div",
      { class: "tally patrol-tally" },
      el("p", { class: "tally-part" }, el("b", {}, `${done}/${stops.length}`), el("span", {}, gettext("sites"))),
      el(
        "p",
        { class: "tally-part" },
        el("b", {}, number(patrols.problemsOf(patrol))),
        el("span", {}, gettext("problems")),
      ),
    ),
  ];
}

/** What is still to be visited in an order to walk in, then what is done. */
function route(patrol, state, visit) {
  const stops = patrols.stopsOf(patrol).toSorted((a, b) => DONE_LAST[a.state] - DONE_LAST[b.state]);
  if (!stops.length) {
    return [el("p", { class: "hint walk-hint" }, gettext("No site is named: go where the areas and roads are."))];
  }
  const here = position.lastKnown();
  const open = walkingOrder(
    here,
    stops.filter((stop) => stop.state === "open"),
  );
  const done = stops.filter((stop) => stop.state !== "open");
  return [
    open.length > 0 &&
      el(
        "p",
        { class: "hint walk-hint" },
        say(gettext("%(n)s to visit, %(far)s on foot in straight lines"), {
          n: number(open.length),
          far: metres(wayLength(here, open)),
        }),
      ),
    el(
      "ol",
      { class: "cards in-group" },
      ...open.map((stop, index) =>
        el("li", {}, stopCard(patrol, state, stop, visit, { order: index + 1, from: index ? open[index - 1] : here })),
      ),
      ...done.map((stop) => el("li", {}, stopCard(patrol, state, stop, visit, { order: null, from: null }))),
    ),
  ].filter(Boolean);
}

const WORDS = {
  visited: gettext("nothing wrong"),
  problem: gettext("problem reported"),
};

function stopCard(patrol, state, stop, visit, { order, from }) {
  const way = {
    metres: from ? metresBetween(from, stop) : null,
    direction: from ? position.bearing(from, stop) : null,
  };
  const under = [nameOf({ code: "", ...stop.kind }), stop.address, WORDS[stop.state]].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: `stop ${stop.state}`, "data-site": stop.code, "data-state": stop.state },
    el(
      "div",
      { class: "stop-head" },
      order ? el("span", { class: "card-number" }, order) : icon(stop.state === "problem" ? "alert" : "check"),
      el("span", {}, el("span", { class: "card-title" }, stop.name), el("span", { class: "card-sub" }, under)),
      order ? far(way) : "",
    ),
    state === "underway" &&
      el(
        "div",
        { class: "stop-actions" },
        el(
          "a",
          { class: "button small", href: `#/problem/patrol/${patrol.uid}/site/${encodeURIComponent(stop.code)}` },
          icon("camera", "icon small"),
          gettext("Problem"),
        ),
        stop.state === "open" &&
          el(
            "button",
            {
              class: "button small",
              "data-visit": stop.code,
              onclick: (event) => visit(event.currentTarget, patrol, stop),
            },
            icon("check", "icon small"),
            gettext("Nothing wrong here"),
          ),
      ),
  );
}
