/** The outbox: what waits, what is on its way, what needs somebody; and what has arrived. */
import { el, icon } from "web/dom";
import { empty, question, toast } from "field/shell/pieces";
import * as outbox from "field/up/outbox";
import { clock, say, size } from "field/shell/say";
import * as session from "field/phone/session";
import * as store from "field/phone/store";
import * as sync from "field/up/sync";

const ARRIVED_SHOWN = 30;

/** @param {HTMLElement} root */
export function show(root) {
  let last = 0;
  const draw = async () => {
    const turn = ++last;
    const records = (await outbox.records()).reverse();
    const room = await store.room();
    if (turn === last) root.replaceChildren(...parts(records, room));
  };
  outbox.events.addEventListener("changed", draw);
  session.events.addEventListener("changed", draw);
  draw();
  return () => {
    last = -1;
    outbox.events.removeEventListener("changed", draw);
    session.events.removeEventListener("changed", draw);
  };
}

function parts(records, room) {
  const counts = outbox.countsOf(records);
  const open = records.filter((record) => !outbox.isDone(record) && !outbox.isLocked(record));
  const locked = records.filter((record) => !outbox.isDone(record) && outbox.isLocked(record));
  const arrived = records.filter((record) => outbox.isDone(record) && !outbox.isLocked(record));
  const attention = open.filter(outbox.needsAttention);
  const underWay = open.filter((record) => !outbox.needsAttention(record));
  return [
    el(
      "div",
      { class: "tally", role: "group", "aria-label": gettext("Outbox") },
      tally("waiting", counts.waiting, gettext("waiting")),
      tally("sending", counts.sending, gettext("sending")),
      tally("attention", counts.attention, gettext("needs attention")),
    ),
    el(
      "div",
      { class: "outbox-actions" },
      el(
        "button",
        {
          class: "button primary",
          id: "send-now",
          disabled: !open.length || session.mustSignIn(),
          onclick: () => sync.sendNow(),
        },
        icon("send"),
        sync.status.running ? gettext("Sending…") : gettext("Send now"),
      ),
      el(
        "button",
        { class: "button", id: "export", disabled: !open.length && !locked.length, onclick: () => exportAll() },
        icon("file"),
        gettext("Export unsent work"),
      ),
    ),
    lastTry(),
    section(gettext("Needs attention"), attention),
    section(gettext("Under way"), underWay),
    locked.length > 0 && lockedNote(locked),
    section(gettext("Confirmed by the server"), arrived.slice(0, ARRIVED_SHOWN)),
    !records.length &&
      empty(
        "outbox",
        gettext("Nothing recorded yet"),
        gettext("What you record lies here until the server has confirmed it."),
      ),
    room && storage(room),
  ].filter(Boolean);
}

const tally = (kind, count, words) =>
  el(
    "p",
    { class: `tally-part ${kind} ${count ? "some" : ""}`, "data-count": kind },
    el("b", {}, count),
    el("span", {}, words),
  );

function lastTry() {
  const { running, problem, message, lastAnswer, drift } = sync.status;
  // While something is being sent, what kept the last attempt from it is not known to hold any more.
  const words =
    problem && !running
      ? message
      : lastAnswer
        ? say(gettext("Last contact with the server: %(time)s"), { time: clock(lastAnswer) })
        : null;
  return el(
    "div",
    { class: "outbox-note" },
    words && el("p", { class: "hint", role: "status" }, words),
    drift !== 0 &&
      el(
        "p",
        { class: "hint far" },
        say(gettext("The phone's clock is %(n)s minutes off. Records carry the server's time too."), {
          n: Math.round(Math.abs(drift) / 60_000),
        }),
      ),
  );
}

const section = (title, records) =>
  records.length > 0 &&
  el("section", {}, el("h2", { class: "panel-title" }, title), el("ul", { class: "panel" }, ...records.map(item)));

const KINDS = {
  inspect: gettext("Condition"),
  edit: gettext("Correction"),
  create: gettext("New asset"),
  job_start: gettext("Job started"),
  job_pause: gettext("Job paused"),
  job_done: gettext("Job done"),
  patrol_start: gettext("Patrol begun"),
  patrol_visit: gettext("Nothing wrong here"),
  patrol_end: gettext("Patrol ended"),
  problem: gettext("Problem"),
  evaluation: gettext("Evaluation"),
};

/** @param {outbox.Record} record */
function item(record) {
  const attention = outbox.needsAttention(record);
  return el(
    "li",
    { class: "record", "data-op": record.op_id, "data-state": stateOf(record) },
    el("span", { class: `record-mark ${stateOf(record)}` }, icon(MARKS[stateOf(record)])),
    el(
      "div",
      { class: "grow" },
      el("b", {}, record.title),
      el("small", {}, `${KINDS[record.op.kind]} · ${clock(record.made_at)}${photoWords(record)}`),
      el("small", { class: attention ? "why" : "" }, wordsFor(record)),
      attention && actions(record),
    ),
  );
}

const MARKS = {
  waiting: "clock",
  sending: "send",
  attention: "alert",
  done: "check",
  office: "check",
  partly: "pictures",
};

function stateOf(record) {
  if (outbox.sending.has(record.op_id)) return "sending";
  if (outbox.needsAttention(record)) return "attention";
  if (record.state === "waiting") return "waiting";
  if (!outbox.isDone(record)) return "partly";
  return record.status === "conflict" ? "office" : "done";
}

function photoWords(record) {
  const all = record.op.photos.length;
  if (!all) return "";
  const sent = all - record.photos_left.length;
  return ` · ${say(gettext("photos %(sent)s/%(all)s"), { sent, all })}`;
}

function wordsFor(record) {
  switch (stateOf(record)) {
    case "sending":
      return gettext("Being sent");
    case "waiting":
      return record.message ?? gettext("Waiting to be sent");
    case "partly":
      return gettext("Record confirmed; photos are still to be sent");
    case "office":
      return record.message ?? gettext("Delivered; the office decides");
    case "done":
      return say(gettext("Confirmed %(time)s"), { time: clock(record.confirmed_at) });
    default:
      return record.photo_message ?? record.message ?? gettext("The server refused it.");
  }
}

const actions = (record) =>
  el(
    "div",
    { class: "record-actions" },
    el(
      "button",
      {
        class: "button small",
        onclick: async () => {
          await outbox.retry(record);
          sync.sendNow();
        },
      },
      gettext("Try again"),
    ),
    el("button", { class: "button small danger", onclick: () => letGo(record) }, gettext("Remove")),
  );

async function letGo(record) {
  const kept = record.state === "attention";
  const sure = await question({
    title: gettext("Remove this from the phone?"),
    text: kept
      ? gettext("The office has the record as you sent it and can still use it. Photos that were not sent are lost.")
      : gettext("The record is confirmed. The photos that were not sent are lost."),
    yes: gettext("Remove"),
    danger: true,
  });
  if (sure) await outbox.discard(record);
}

const lockedNote = (records) =>
  el(
    "section",
    {},
    el("h2", { class: "panel-title" }, gettext("Of other people")),
    el(
      "div",
      { class: "panel line", id: "locked" },
      icon("lock"),
      el(
        "span",
        {},
        say(ngettext("%(n)s record of %(people)s", "%(n)s records of %(people)s", records.length), {
          n: records.length,
          people: [...new Set(records.map((record) => record.person))].join("、"),
        }),
        el("small", {}, gettext("They are safe here and are sent when that person signs in.")),
      ),
    ),
  );

function storage({ used, allowed, lasting }) {
  const share = allowed ? Math.min(1, used / allowed) : 0;
  const fill = el("i", { class: share > 0.9 ? "full" : "" });
  fill.style.width = `${Math.max(1, share * 100)}%`;
  return el(
    "section",
    {},
    el("h2", { class: "panel-title" }, gettext("Storage on the phone")),
    el(
      "div",
      { class: "panel padded" },
      el("div", { class: "meter", "aria-hidden": "true" }, fill),
      el(
        "p",
        { class: "hint", id: "storage-words" },
        say(gettext("%(used)s of %(allowed)s used"), { used: size(used), allowed: size(allowed) }),
        " · ",
        lasting ? gettext("kept for good") : gettext("the browser may clear it: install the page on the home screen"),
      ),
    ),
  );
}

async function exportAll() {
  try {
    const { exportUnsent } = await import("field/up/rescue_file");
    const { name, count } = await exportUnsent();
    toast(say(gettext("%(count)s records are in %(name)s"), { count, name }));
  } catch (error) {
    toast(error.message, "bad");
  }
}
