/**
 * A site compared with the handbook: its form by sections, answered beforehand from the catalogue, with the pieces
 * behind each number one tap away. A difference is a finding by itself: what is not there, or is not in the catalogue.
 */
import { el, icon } from "web/dom";
import { conditionName } from "mapping/conditions";
import * as drafts from "field/drafts";
import * as evaluations from "field/evaluations";
import { formWith } from "field/form";
import { pacer, timer } from "field/helpers";
import * as judging from "field/judging";
import { photoInput } from "field/photo_input";
import { empty, pageHead, question, toast } from "field/pieces";
import * as position from "field/position";
import * as router from "field/router";
import { metres, nameOf, number, say } from "field/say";
import * as sync from "field/sync";
import { wakeWhenOnline } from "field/worker";

/** As many as one record may name. */
const MOST_PHOTOS = 20;
const WORDS = {
  yes: gettext("Conforms"),
  partly: gettext("Mostly"),
  no: gettext("Does not"),
  na: gettext("Not applicable"),
};
const WHY = {
  moveable: gettext("no fixed carrier"),
  condition: gettext("its condition does not count"),
  near: gettext("too near to another"),
  missing: gettext("not there"),
};
const UNITS = { share: "%", minutes: gettext("minutes"), count: "", ask: "" };

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
  /** @type {Map<string, import("field/photo_input").PhotoInput>} */
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
  return here ? metres(position.distance(here, site)) : "";
};

const titleOfSection = (name) =>
  name === "publicity" ? gettext("Publicity") : name === "other" ? gettext("Everything else") : name;

/**
 * One item: its words, its answer, and what stands behind its number.
 * @param {HTMLElement} box @param {judging.Item} item
 * @param {{round: evaluations.Round, site: evaluations.Site, entry: judging.Entry, key: string, changed: () => void,
 *   inputs: Map<string, import("field/photo_input").PhotoInput>, photosTaken: () => number}} about
 */
function itemRow(box, item, { round, site, entry, key, changed, inputs, photosTaken }) {
  const helpers = [item.minutes && timer(item.minutes), item.metres && pacer(item.metres)].filter(Boolean);
  const helperRow = helpers.length ? el("div", { class: "eval-all" }, ...helpers.map((helper) => helper.button)) : "";
  const photoBox = el("div", { class: "field-group" });
  const pieces = judging.isCatalogued(item) ? el("details", { class: "eval-pieces" }) : "";
  const answers = el("div", { class: "segments eval-answers", role: "radiogroup", "aria-label": nameOf(item) });
  const value = item.answer === "conform" ? "" : stepper(item, entry, () => draw(true));
  const note = el("input", {
    class: "input",
    maxlength: 500,
    placeholder: gettext("What is wrong"),
    "aria-label": gettext("What is wrong"),
  });
  note.value = entry.note;
  note.addEventListener("input", () => {
    entry.note = note.value;
    changed();
  });

  function draw(touched = false) {
    const answer = judging.answerOf(item, entry);
    box.dataset.answer = answer ?? "";
    const judged = judging.judge(item, entry.value) !== null && entry.answer !== "na";
    const offered = /** @type {judging.Answer[]} */ (["yes", ...(round.third_answer ? ["partly"] : []), "no", "na"]);
    answers.replaceChildren(
      ...offered.map((each) =>
        el(
          "button",
          {
            type: "button",
            role: "radio",
            "aria-checked": String(answer === each),
            "aria-selected": String(answer === each),
            disabled: judged && each !== "na",
            "data-answer": each,
            onclick: () => {
              entry.answer = entry.answer === each ? null : each;
              draw(true);
            },
          },
          WORDS[each],
        ),
      ),
    );
    if (value) value.draw();
    if (pieces) drawPieces();
    drawPhotos(answer);
    if (touched) changed();
  }

  function drawPieces() {
    const { counted, left } = judging.countPieces(item, site.pieces, round, entry.missing);
    const open = /** @type {HTMLDetailsElement} */ (pieces).open;
    /** @type {HTMLElement} */ (pieces).replaceChildren(
      el(
        "summary",
        {},
        say(gettext("The catalogue has %(n)s, %(left)s left out"), {
          n: number(counted.length),
          left: number(left.length),
        }),
      ),
      el(
        "ul",
        {},
        ...counted.map((piece) => pieceRow(piece, null)),
        ...left.map(({ piece, why }) => pieceRow(piece, why)),
      ),
    );
    /** @type {HTMLDetailsElement} */ (pieces).open = open;
  }

  const pieceRow = (piece, why) =>
    el(
      "li",
      { class: "eval-piece", "data-piece": piece.uid },
      el(
        "span",
        {},
        piece.name || nameOf({ zh: piece.type_zh, en: piece.type_en }),
        el(
          "small",
          { class: "hint" },
          [conditionName(piece.condition), piece.since, why && WHY[why]].filter(Boolean).join(" · "),
        ),
      ),
      piece.condition !== "missing" &&
        el(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-pressed": String(entry.missing.includes(piece.uid)),
            onclick: () => {
              const gone = entry.missing.includes(piece.uid);
              entry.missing = gone ? entry.missing.filter((uid) => uid !== piece.uid) : [...entry.missing, piece.uid];
              entry.value = judging.countPieces(item, site.pieces, round, entry.missing).counted.length;
              draw(true);
            },
          },
          gettext("Not there"),
        ),
    );

  function drawPhotos(answer) {
    const wanted = answer === "no" || entry.photos.length > 0;
    photoBox.hidden = !wanted;
    if (!wanted || inputs.has(item.code)) return;
    if (photosTaken() >= MOST_PHOTOS) return;
    const input = photoInput({
      draft: key,
      role: "before",
      notes: entry.photos,
      changed: async (notes) => {
        entry.photos = notes;
        changed();
      },
    });
    inputs.set(item.code, input);
    photoBox.replaceChildren(input.shots, note, input.button);
  }

  const end = () => {
    for (const helper of helpers) helper.end();
  };
  box.replaceChildren(
    el(
      "p",
      { class: "eval-text" },
      item.critical && el("b", { class: "eval-critical" }, gettext("critical")),
      nameOf(item),
      item.how && el("small", { class: "hint" }, item.how),
    ),
    ...[value ? value.box : "", pieces, helperRow, answers, photoBox].filter(Boolean),
  );
  return { draw: () => draw(), end };
}

/** Count keys: a number with one large key on either side, and of those asked how many. */
function stepper(item, entry, changed) {
  const field = (name, label) => {
    const input = el("input", {
      class: "input",
      type: "number",
      inputmode: "decimal",
      min: 0,
      max: 99_999,
      "aria-label": label,
    });
    input.addEventListener("input", () => {
      const typed = Number(input.value);
      entry[name] = input.value === "" || !Number.isFinite(typed) || typed < 0 ? null : typed;
      changed();
    });
    return input;
  };
  const input = field("value", nameOf(item));
  const asked = item.answer === "ask" ? field("asked", gettext("How many were asked")) : "";
  const add = (n) => {
    entry.value = Math.max(0, (entry.value ?? 0) + n);
    changed();
  };
  const step = (n, words, label) =>
    el("button", { type: "button", class: "button eval-key", "aria-label": label, onclick: () => add(n) }, words);
  const box = el(
    "div",
    { class: "eval-count" },
    step(-1, "−", gettext("One fewer")),
    input,
    step(1, "+", gettext("One more")),
    asked && el("span", { class: "hint" }, gettext("of")),
    asked,
    el(
      "span",
      { class: "hint" },
      [
        UNITS[item.answer],
        item.threshold !== null && `${item.direction === "at_most" ? "≤" : "≥"} ${number(item.threshold)}`,
      ]
        .filter(Boolean)
        .join(" "),
    ),
  );
  const draw = () => {
    if (document.activeElement !== input) input.value = entry.value ?? "";
    if (asked && document.activeElement !== asked) asked.value = entry.asked ?? "";
  };
  return { box, draw };
}
