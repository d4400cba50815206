/**
 * A site compared with the handbook: its form by sections, answered beforehand from the catalogue, with the pieces
 * behind each number one tap away. A difference is a finding by itself: what is not there, or is not in the catalogue.
 */
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as drafts from "field/up/drafts";
import * as evaluations from "field/down/evaluations";
import { formWith } from "field/up/form";
import * as judging from "field/down/judging";
import { empty, pageHead, question, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { metres, nameOf, number, say } from "field/shell/say";
import * as sync from "field/up/sync";
import { wakeWhenOnline } from "field/shell/worker";
import { MOST_PHOTOS, itemRow } from "field/views/visit/item";

/** @param {HTMLElement} root @param {string[]} params the round's uid and the site's code */
export async function show(root, [roundUid, code]) {
  const round = evaluations.roundOf(roundUid);
  const site = evaluations.siteOf(roundUid, code);
  if (!round || !site) {
    root.replaceChildren(
      pageHead(gettext("Evaluation"), router.back),
      empty(
        "locate",
        gettext("This site is not on the phone"),
        gettext("The round may have been closed by the office."),
      ),
    );
    return () => {};
  }
  if (evaluations.isDone(site)) {
    root.replaceChildren(
      pageHead(site.name, router.back),
      empty(
        "check",
        gettext("This site has been visited"),
        gettext("What was sent is locked. The office voids a visit that was wrong."),
      ),
    );
    return () => {};
  }
  const items = evaluations.formOf(site);
  const pieces = await evaluations.piecesFound(roundUid, code);
  const key = ["evaluation", roundUid, code].join(" ");
  const kept = await drafts.find(key);
  /** @type {{began: number, note: string, entries: Record<string, judging.Entry>}} */
  const state = {
    began: kept?.began ?? Date.now(),
    note: kept?.note ?? "",
    entries: Object.fromEntries(
      items.map((item) => [item.code, kept?.entries?.[item.code] ?? judging.prefilled(item, site.pieces, round)]),
    ),
  };
  /** @type {Map<string, import("field/inputs/photo_input").PhotoInput>} */
  const inputs = new Map();
  /** @type {(() => void)[]} */
  const ends = [];
  const form = formWith(
    key,
    () => state,
    () => [...inputs.values()],
  );
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const progress = el("p", { class: "hint", role: "status" });
  const save = el("button", { type: "button", class: "button primary wide", id: "send-visit" }, gettext("Send"));

  const drawProgress = () => {
    const answers = items.map((item) => judging.answerOf(item, state.entries[item.code]));
    const rate = judging.rateOf(answers);
    const done = answers.filter(Boolean).length;
    progress.textContent = [
      say(gettext("%(done)s of %(n)s answered"), { done: number(done), n: number(items.length) }),
      rate.percent === null ? "" : say(gettext("%(percent)s of %(n)s"), { percent: `${rate.percent}%`, n: rate.n }),
    ]
      .filter(Boolean)
      .join(" · ");
  };
  const changed = () => {
    drawProgress();
    form.keep();
  };
  /** @type {(() => void)[]} */
  const redraws = [];
  const row = (item) => {
    const box = el("li", { class: "eval-item", "data-item": item.code });
    const { draw, end } = itemRow(box, item, {
      round,
      site,
      entry: state.entries[item.code],
      key,
      changed,
      inputs,
      photosTaken: () => Object.values(state.entries).reduce((n, entry) => n + entry.photos.length, 0),
    });
    redraws.push(draw);
    ends.push(end);
    draw();
    return box;
  };
  const fill = (rows, answer) => {
    judging.fillRest(rows, state.entries, answer);
    for (const draw of redraws) draw();
    changed();
  };
  const section = ({ name, items: rows }) =>
    el(
      "section",
      { class: "eval-section" },
      el("h2", { class: "section-title" }, titleOfSection(name)),
      el(
        "div",
        { class: "eval-all" },
        el(
          "button",
          { type: "button", class: "chip with-symbol", "data-all": "yes", onclick: () => fill(rows, "yes") },
          icon("check", "icon small"),
          gettext("All as it should be"),
        ),
        el(
          "button",
          { type: "button", class: "chip", "data-all": "na", onclick: () => fill(rows, "na") },
          gettext("Not applicable"),
        ),
      ),
      el("ul", { class: "eval-items" }, ...rows.map(row)),
    );
  const note = el("textarea", {
    class: "input",
    id: "visit-note",
    rows: 2,
    maxlength: 2000,
    placeholder: gettext("In words (optional)"),
    "aria-label": gettext("In words (optional)"),
  });
  note.value = state.note;
  note.addEventListener("input", () => {
    state.note = note.value;
    form.keep();
  });

  const made = () => {
    const lacks = judging.lacking(items, state.entries);
    const first = lacks.open[0] ?? lacks.photos[0];
    if (first) root.querySelector(`[data-item="${CSS.escape(first.code)}"]`)?.scrollIntoView({ block: "center" });
    if (lacks.open.length)
      throw new Error(
        say(ngettext("%(n)s item has no answer yet.", "%(n)s items have no answer yet.", lacks.open.length), {
          n: number(lacks.open.length),
        }),
      );
    const photos = items.flatMap((item) => state.entries[item.code].photos);
    if (lacks.photos.length && photos.length < MOST_PHOTOS)
      throw new Error(say(gettext("Take a photo of what fails: %(item)s"), { item: nameOf(lacks.photos[0]) }));
    return [
      {
        kind: "evaluation",
        position: position.forRecord(),
        fields: {
          round: roundUid,
          site: code,
          took: Math.min(86_400, Math.max(0, Math.round((Date.now() - state.began) / 1000))),
          note: state.note.trim(),
          found: judging.found(items, state.entries, site.pieces, round),
        },
        photos,
        title: site.name,
      },
    ];
  };
  save.addEventListener("click", async () => {
    const sure = await question({
      title: gettext("Send the visit?"),
      text: gettext("What is sent is locked; the office can only void it."),
      yes: gettext("Send"),
    });
    if (!sure) return;
    const visited = router.visit();
    if (!(await form.save(made, { button: save, problem }))) return;
    toast(
      navigator.onLine
        ? gettext("Saved on the phone, being sent")
        : gettext("Saved on the phone; it is sent when there is a network"),
    );
    router.leave(visited);
    wakeWhenOnline();
    sync.send();
  });

  root.replaceChildren(
    pageHead(site.name, router.back),
    el(
      "div",
      { class: "page-scroll" },
      el(
        "div",
        { class: "form" },
        el(
          "p",
          { class: "hint" },
          [nameOf(site.kind), site.address, round.name, awayOf(site)].filter(Boolean).join(" · "),
        ),
        round.draft &&
          el(
            "p",
            { class: "hint far" },
            say(gettext("“%(name)s” is a draft of the handbook."), { name: round.edition }),
          ),
        !round.announced && el("p", { class: "hint far" }, gettext("Unannounced: tell nobody beforehand.")),
        ...judging.sections(items).map(section),
        el(
          "a",
          { class: "button", id: "found-piece", href: `#/new/${roundUid}/${code}` },
          icon("plus"),
          gettext("Something is here that the catalogue does not know"),
        ),
        pieces.length
          ? el(
              "p",
              { class: "hint", id: "found-pieces" },
              say(gettext("Registered here: %(pieces)s"), { pieces: pieces.join(", ") }),
            )
          : "",
        note,
      ),
    ),
    el("div", { class: "area-foot" }, progress, problem, save),
  );
  drawProgress();
  return () => {
    for (const end of ends) end();
  };
}

const awayOf = (site) => {
  const here = position.lastKnown();
  return here ? metres(metresBetween(here, site)) : "";
};

const titleOfSection = (name) =>
  name === "publicity" ? gettext("Publicity") : name === "other" ? gettext("Everything else") : name;
