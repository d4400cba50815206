/**
 * The phone page: starts everything in order and keeps head, banners, bar and what lies on top in step.
 *
 * Everything shown comes from the phone's own storage; the network only ever adds to it.
 */
import { byId, el, icon } from "web/dom";
import { ifItComes, viewOf } from "field/shell/arrival";
import * as catalogue from "field/down/catalogue";
import { claimPhone } from "field/phone/claim";
import * as evaluations from "field/down/evaluations";
import * as handOver from "field/phone/hand_over";
import { keepAboveKeyboard } from "field/shell/keyboard";
import * as light from "field/shell/light";
import * as outbox from "field/up/outbox";
import * as patrols from "field/down/patrols";
import { plusMinus } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { number, say } from "field/shell/say";
import * as session from "field/phone/session";
import * as store from "field/phone/store";
import * as sync from "field/up/sync";
import * as worker from "field/shell/worker";

/** Loaded when first opened: view modules export `show(root, params)`, which may return what ends it. */
const VIEWS = {
  near: { load: () => import("field/views/near"), title: gettext("Near me") },
  tasks: { load: () => import("field/views/tasks"), title: gettext("Tasks") },
  scan: { load: () => import("field/views/scan"), title: gettext("Scan") },
  outbox: { load: () => import("field/views/outbox"), title: gettext("Outbox") },
  report: { load: () => import("field/views/report"), kind: "sheet" },
  asset: { load: () => import("field/views/asset"), kind: "page" },
  edit: { load: () => import("field/views/edit"), kind: "page" },
  job: { load: () => import("field/views/job"), kind: "page" },
  patrol: { load: () => import("field/views/patrol"), kind: "page" },
  problem: { load: () => import("field/views/problem"), kind: "page" },
  visit: { load: () => import("field/views/visit"), kind: "page" },
  new: { load: () => import("field/views/register"), kind: "page" },
  map: { load: () => import("field/views/map"), kind: "page" },
  area: { load: () => import("field/views/area"), kind: "page" },
  settings: { load: () => import("field/views/settings"), kind: "page" },
  code: { load: () => import("field/views/code"), kind: "page" },
  welcome: { load: () => import("field/views/welcome"), kind: "page" },
};

const parts = {};
/** What is open, with what ends it. */
const open = {
  /** @type {string|null} */
  tab: null,
  /** @type {(() => void)|null} */
  endTab: null,
  /** @type {(() => void)|null} */
  endOverlay: null,
  turn: 0,
};

async function start() {
  document.title = gettext("Ad inspection");
  buildFrame();
  keepAboveKeyboard();
  // Its module comes while the storage is read.
  const view = VIEWS[router.current().name] ?? VIEWS.near;
  view.load().catch(() => {});
  try {
    await Promise.all([
      session.load().then(handOver.atStart).then(catalogue.load).then(patrols.load).then(evaluations.load),
      light.begin(),
    ]);
  } catch (error) {
    byId("splash").remove();
    parts.view.replaceChildren(el("p", { class: "problem start-problem", role: "alert" }, error.message));
    return;
  }
  router.begin(render);
  byId("splash").remove();
  for (const source of [outbox, catalogue, session, worker, position, store]) {
    for (const name of ["changed", "newer"]) source.events.addEventListener(name, drawState);
  }
  addEventListener("online", drawState);
  addEventListener("offline", drawState);
  await drawState();
  position.watch();
  await worker.start();
  handOver.watch();
  if (!session.token()) await claimPhone();
  if (!session.person() && router.current().name !== "welcome") router.go("welcome");
  // What the first view does without comes after it.
  sync.afterSending(async () => (await ifItComes(import("field/down/pack")))?.refresh());
  sync.afterSending(patrols.refresh);
  sync.afterSending(evaluations.refresh);
  await sync.begin();
  await (await ifItComes(import("field/down/basemap")))?.tidy();
  // It only matters where the cookie is missing, and may load the page again: so last of all.
  await handOver.askServer();
}

function buildFrame() {
  parts.title = el("h1", { tabindex: "-1" });
  parts.pill = el("button", { class: "pill", id: "pill", onclick: () => router.go("settings") });
  // It says what it is before the records have been counted, too.
  drawPill();
  parts.banners = el("div", { class: "banners", id: "banners" });
  parts.view = el("main", { class: "view", id: "view", tabindex: "-1" });
  parts.bar = el(
    "nav",
    { class: "bar", "aria-label": gettext("Main") },
    tabLink("near", "near", gettext("Near me")),
    tabLink("tasks", "tasks", gettext("Tasks")),
    tabLink("scan", "scan", gettext("Scan")),
    tabLink("outbox", "outbox", gettext("Outbox")),
  );
  parts.frame = el(
    "div",
    { class: "frame" },
    el(
      "header",
      { class: "head" },
      parts.title,
      parts.pill,
      sunButton(),
      el(
        "button",
        { class: "icon-button", id: "menu", "aria-label": gettext("Settings"), onclick: () => router.go("settings") },
        icon("menu"),
      ),
    ),
    parts.banners,
    el("div", { class: "view-frame" }, parts.view),
    parts.bar,
  );
  document.body.append(
    parts.frame,
    el("div", { class: "toasts", id: "toasts", role: "status", "aria-live": "polite" }),
  );
}

/** Sun mode, one tap away: whoever cannot read the screen will not find it in the settings. */
function sunButton() {
  const button = el("button", { class: "icon-button", id: "sun", "aria-label": gettext("Sun mode") }, icon("sun"));
  const draw = () => button.setAttribute("aria-pressed", String(light.isSunny()));
  button.addEventListener("click", () => light.choose(!light.isSunny()));
  light.events.addEventListener("changed", draw);
  draw();
  return button;
}

const tabLink = (name, iconName, words) =>
  el(
    "a",
    {
      href: `#/${name}`,
      "data-tab": name,
      onclick: (event) => {
        event.preventDefault();
        router.tab(name);
      },
    },
    icon(iconName),
    el("span", {}, words),
    el("span", { class: "counts" }),
  );

/** @param {router.Route} route */
async function render(route) {
  const turn = ++open.turn;
  const view = VIEWS[route.name] ?? VIEWS.near;
  const lies = router.isTab(route.name) || !VIEWS[route.name] ? route.name : (open.tab ?? "near");
  const tab = VIEWS[lies] ? lies : "near";
  closeOverlay();
  if (open.tab !== tab) await openTab(tab, turn);
  if (turn === open.turn && view.kind) await openOverlay(view, route, turn);
}

async function openTab(name, turn) {
  const view = VIEWS[name];
  const module = await viewOf(view);
  if (turn !== open.turn) return;
  open.endTab?.();
  open.tab = name;
  parts.title.textContent = view.title;
  for (const link of parts.bar.querySelectorAll("a")) {
    if (link.dataset.tab === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  parts.view.scrollTop = 0;
  parts.view.className = `view ${name}-view`;
  open.endTab = module.show(parts.view, []);
}

async function openOverlay(view, route, turn) {
  const module = await viewOf(view);
  if (turn !== open.turn) return;
  const body = el("div", { class: view.kind === "sheet" ? "sheet-body" : "page-body" });
  const shade = el("button", { class: "shade", tabindex: "-1", "aria-label": gettext("Close"), onclick: router.back });
  const overlay = el(
    "section",
    {
      class: `overlay ${view.kind} ${route.name}-page`,
      id: "overlay",
      role: "dialog",
      "aria-modal": "true",
      "aria-labelledby": "overlay-title",
    },
    view.kind === "sheet" && shade,
    body,
  );
  overlay.addEventListener("keydown", (event) => event.key === "Escape" && router.back());
  document.body.append(overlay);
  if (view.kind === "page") parts.frame.inert = true;
  else for (const part of [parts.view.parentNode, parts.banners, parts.frame.firstChild]) part.inert = true;
  const end = await module.show(body, route.params);
  if (turn !== open.turn) {
    end?.();
    return;
  }
  open.endOverlay = end;
  document.getElementById("overlay-title")?.focus({ preventScroll: true });
}

function closeOverlay() {
  open.endOverlay?.();
  open.endOverlay = null;
  const overlay = document.getElementById("overlay");
  if (!overlay) return;
  overlay.remove();
  for (const part of [parts.frame, parts.view.parentNode, parts.banners, parts.frame.firstChild]) part.inert = false;
}

let stateTurn = 0;

/** Head, banners and counts. */
async function drawState() {
  const turn = ++stateTurn;
  const records = await outbox.records().catch(() => []);
  if (turn !== stateTurn) return;
  const counts = outbox.countsOf(records);
  drawPill();
  drawCounts(counts);
  parts.banners.replaceChildren(...banners(counts));
}

function drawPill() {
  const here = position.here();
  const words = [
    navigator.onLine ? gettext("Online") : gettext("Offline"),
    here ? say(gettext("GPS %(accuracy)s"), { accuracy: plusMinus(here.accuracy) }) : gettext("no position"),
  ];
  parts.pill.className = `pill ${navigator.onLine && here ? "" : "wait"}`;
  parts.pill.replaceChildren(el("span", {}, words.join(" · ")));
}

function drawCounts(counts) {
  const link = parts.bar.querySelector('[data-tab="outbox"]');
  const underWay = counts.waiting + counts.sending;
  link
    .querySelector(".counts")
    .replaceChildren(
      ...[
        underWay > 0 &&
          el(
            "span",
            { class: "count" },
            number(underWay),
            el("span", { class: "visually-hidden" }, gettext("waiting")),
          ),
        counts.attention > 0 &&
          el(
            "span",
            { class: "count bad" },
            number(counts.attention),
            el("span", { class: "visually-hidden" }, gettext("needs attention")),
          ),
      ].filter(Boolean),
    );
  const late = catalogue.lateCount();
  parts.bar
    .querySelector('[data-tab="tasks"] .counts')
    .replaceChildren(
      ...(late
        ? [
            el(
              "span",
              { class: "count bad" },
              late > 99 ? "99+" : number(late),
              el("span", { class: "visually-hidden" }, gettext("overdue")),
            ),
          ]
        : []),
    );
}

function banners(counts) {
  const unsent = counts.waiting + counts.sending + counts.attention;
  const list = [];
  if (session.mustSignIn() && session.person()) {
    const words = unsent
      ? say(ngettext("Sign in to send %(n)s record", "Sign in to send %(n)s records", unsent), { n: number(unsent) })
      : gettext("Sign in to get news and to send");
    list.push(
      banner(
        "bad",
        "user",
        words,
        el("a", { class: "button small", href: session.signInAddress() }, gettext("Sign in")),
      ),
    );
  }
  if (sync.status.problem === "server" || sync.status.problem === "forbidden" || sync.status.problem === "storage") {
    if (unsent || sync.status.problem === "storage") {
      list.push(
        banner(
          "",
          "alert",
          sync.status.message,
          el("button", { class: "button small", onclick: sync.sendNow }, gettext("Try again")),
        ),
      );
    }
  }
  if (worker.newerWaits()) {
    list.push(
      banner(
        "info",
        "refresh",
        gettext("A new version is ready."),
        el("button", { class: "button small", onclick: worker.changeOver }, gettext("Use it")),
      ),
    );
  }
  if (position.why() === "denied") {
    list.push(
      banner(
        "",
        "locate",
        gettext("The browser may not use the position. Allow it in the settings of the page."),
        el("button", { class: "button small", onclick: position.watchAgain }, gettext("Try again")),
      ),
    );
  }
  return list;
}

const banner = (kind, iconName, words, action) =>
  el("div", { class: `banner ${kind}`, role: "status" }, icon(iconName), el("p", {}, words), action);

start();
