/** Tasks: jobs and due inspections, by their day or in an order to walk in. */
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as catalogue from "field/down/catalogue";
import { evaluationCards } from "field/views/evaluation_cards";
import * as evaluations from "field/down/evaluations";
import { assetCard, empty, far, jobName, jobPath, noArea, subLine, thumb, titleOf, waits } from "field/shell/pieces";
import * as patrols from "field/down/patrols";
import * as position from "field/phone/position";
import { clock, dayOf, dueInWords, isLate, metres, number, say, today } from "field/shell/say";
import * as session from "field/phone/session";
import { wayLength, walkingOrder } from "field/phone/walking_order";

/** Inspections are a task from this many days before their day. */
const DAYS_AHEAD = 7;
const MOST_ON_A_WALK = 60;
const PER_GROUP = 40;
const URGENT = 3;

/** @type {{kind: "jobs"|"inspections"|"patrols"|"evaluations"|null, walking: boolean}} */
const choice = { kind: null, walking: false };

/** Evaluations first for whom there are any; jobs and inspections for crews; patrols for whoever is in a team. */
const kinds = () => {
  const evaluates = evaluations.sites().length > 0;
  const crew = session.may("do_maintenance") || (session.may("inspect") && !evaluates);
  const goes = patrols.every().length > 0 || !(crew || evaluates);
  return /** @type {const} */ ([
    ...(evaluates ? ["evaluations"] : []),
    ...(crew ? ["jobs", "inspections"] : []),
    ...(goes ? ["patrols"] : []),
  ]);
};

/** @param {HTMLElement} root */
export function show(root) {
  const body = el("div");
  const tabs = el("div", { class: "segments", role: "tablist", "aria-label": gettext("Tasks") });
  const order = el("div", { class: "order-row" });
  root.replaceChildren(el("div", { class: "tasks-head" }, tabs, order), body);

  const draw = () => {
    const offered = kinds();
    const kind = choice.kind && offered.includes(choice.kind) ? choice.kind : offered[0];
    const lists = {
      jobs: jobTasks(),
      inspections: inspectionTasks(),
      patrols: patrols.every(),
      evaluations: evaluations.sites().filter((site) => !evaluations.isDone(site)),
    };
    const words = {
      jobs: gettext("Jobs"),
      inspections: gettext("Inspections"),
      patrols: gettext("Patrols"),
      evaluations: gettext("Evaluation"),
    };
    tabs.replaceChildren(
      ...offered.map((tab) =>
        el(
          "button",
          {
            role: "tab",
            "aria-selected": String(kind === tab),
            "data-kind": tab,
            onclick: () => choose({ kind: tab }),
          },
          words[tab],
          el("span", { class: "segment-count" }, number(lists[tab].length)),
        ),
      ),
    );
    if (kind === "patrols" || kind === "evaluations") {
      order.hidden = true;
      body.replaceChildren(...(kind === "patrols" ? patrolCards() : evaluationCards()));
      return;
    }
    const tasks = lists[kind];
    order.hidden = tasks.length < 2;
    order.replaceChildren(
      orderButton(false, "clock", gettext("By date")),
      orderButton(true, "route", gettext("Walking order")),
    );
    body.replaceChildren(...(tasks.length ? (choice.walking ? walk(tasks) : byDay(tasks)) : [nothing(kind)]));
  };
  const orderButton = (walking, iconName, words) =>
    el(
      "button",
      {
        class: "chip with-symbol",
        "aria-pressed": String(choice.walking === walking),
        onclick: () => choose({ walking }),
      },
      icon(iconName, "icon small"),
      words,
    );
  const choose = (change) => {
    Object.assign(choice, change);
    draw();
  };
  for (const { events } of [catalogue, patrols, evaluations]) events.addEventListener("changed", draw);
  draw();
  return () => {
    for (const { events } of [catalogue, patrols, evaluations]) events.removeEventListener("changed", draw);
  };
}

const PATROL_STATES = {
  planned: gettext("planned"),
  underway: gettext("under way"),
  ended: gettext("ended"),
};

/** The patrols of one's teams, each leading to its sites. */
function patrolCards() {
  const every = patrols.every();
  if (!every.length) {
    return [
      empty(
        "route",
        gettext("No patrol is planned"),
        gettext("The office plans patrols; they come to the phone of each member of the team."),
      ),
    ];
  }
  return [
    el(
      "ul",
      { class: "cards in-group" },
      ...every.map((patrol) =>
        el(
          "li",
          {},
          el(
            "a",
            { class: "card", href: `#/patrol/${patrol.uid}`, "data-patrol": patrol.uid },
            el("span", { class: "thumb", "aria-hidden": "true" }, icon("route")),
            el(
              "span",
              {},
              el("span", { class: "card-title" }, patrol.campaign || patrol.team),
              subLine(
                el("b", {}, PATROL_STATES[patrols.stateOf(patrol)]),
                clock(Date.parse(patrol.planned_for)),
                say(ngettext("%(n)s site", "%(n)s sites", patrol.stops.length), { n: number(patrol.stops.length) }),
                !patrol.announced && gettext("unannounced"),
              ),
            ),
            icon("next", "icon small"),
          ),
        ),
      ),
    ),
  ];
}

/** @typedef {{due: string|null, asset: catalogue.Asset, job: catalogue.Job|null, lon: number, lat: number}} Task */

/** @returns {Task[]} */
const jobTasks = () =>
  catalogue.openJobs().flatMap((job) => {
    const asset = catalogue.assetOfId(job.asset);
    return asset ? [{ job, asset, due: job.due_on, lon: asset.lon, lat: asset.lat }] : [];
  });

/** @returns {Task[]} */
function inspectionTasks() {
  const last = dayOf(new Date(Date.now() + DAYS_AHEAD * 86_400_000));
  return catalogue
    .every()
    .map((asset) => ({ job: null, asset, due: catalogue.stateOf(asset).due, lon: asset.lon, lat: asset.lat }))
    .filter(({ due }) => due && due <= last);
}

function byDay(tasks) {
  const now = today();
  const here = position.lastKnown();
  const away = (task) => (here ? metresBetween(here, task) : 0);
  const sorted = tasks.toSorted(
    (a, b) => isUrgent(b) - isUrgent(a) || (a.due ?? "9").localeCompare(b.due ?? "9") || away(a) - away(b),
  );
  const groups = [
    [gettext("Overdue"), (task) => isLate(task.due)],
    [gettext("Today"), (task) => task.due === now],
    [gettext("Later"), (task) => !task.due || task.due > now],
  ];
  return groups
    .map(([title, belongs]) => [title, sorted.filter(belongs)])
    .filter(([, some]) => some.length)
    .map(([title, some]) =>
      el(
        "section",
        {},
        el("h2", { class: "panel-title" }, `${title} · ${number(some.length)}`),
        el(
          "ul",
          { class: "cards in-group" },
          ...some.slice(0, PER_GROUP).map((task) => el("li", {}, card(task, here))),
        ),
        some.length > PER_GROUP &&
          el(
            "p",
            { class: "hint more-hint" },
            say(gettext("%(shown)s of %(all)s are shown."), { shown: PER_GROUP, all: number(some.length) }),
          ),
      ),
    );
}

const isUrgent = (task) => Number(task.job?.priority === URGENT);

/** What is due by today, at most a day's walk; when nothing is, what comes next. @param {Task[]} tasks */
function walk(tasks) {
  const now = today();
  const urgent = tasks.filter((task) => task.due && task.due <= now);
  const candidates = (urgent.length ? urgent : tasks).toSorted((a, b) => (a.due ?? "9").localeCompare(b.due ?? "9"));
  const here = position.lastKnown();
  const way = walkingOrder(here, candidates.slice(0, MOST_ON_A_WALK));
  return [
    el(
      "p",
      { class: "hint walk-hint" },
      say(
        ngettext(
          "%(n)s place, %(far)s on foot in a straight line",
          "%(n)s places, %(far)s on foot in straight lines",
          way.length,
        ),
        {
          n: number(way.length),
          far: metres(wayLength(here, way)),
        },
      ),
      candidates.length > way.length &&
        ` · ${say(gettext("%(shown)s of %(all)s are shown."), { shown: way.length, all: number(candidates.length) })}`,
    ),
    el(
      "ol",
      { class: "cards in-group" },
      ...way.map((task, index) => el("li", {}, card(task, index ? way[index - 1] : here, index + 1))),
    ),
  ];
}

/** @param {Task} task @param {{lon: number, lat: number}|null} from @param {number|null} [order] */
function card(task, from, order = null) {
  const way = {
    metres: from ? metresBetween(from, task) : null,
    direction: from ? position.bearing(from, task) : null,
  };
  if (!task.job) return numbered(assetCard({ asset: task.asset, ...way }), order);
  const { state, unconfirmed } = catalogue.jobState(task.job);
  const late = isLate(task.due);
  return numbered(
    el(
      "a",
      { class: "card", href: jobPath(task.job), "data-uid": task.asset.uid, "data-job": task.job.id },
      thumb(task.asset),
      el(
        "span",
        {},
        el("span", { class: "card-title" }, titleOf(task.asset)),
        subLine(
          el("b", {}, jobName(task.job)),
          isUrgent(task) && el("span", { class: "late" }, gettext("urgent")),
          state === "in_progress" && gettext("in progress"),
          task.due && el("span", { class: late ? "late" : "" }, dueInWords(task.due)),
          unconfirmed && waits(),
        ),
      ),
      far(way),
    ),
    order,
  );
}

function numbered(node, order) {
  if (order) node.lastChild.prepend(el("span", { class: "card-number" }, order));
  return node;
}

const nothing = (kind) =>
  !catalogue.every().length
    ? noArea()
    : kind === "jobs"
      ? empty("check", gettext("No jobs"), gettext("Nothing is assigned to your unit in this area."))
      : empty("check", gettext("No inspections due"), gettext("Nothing in this area is due within a week."));
