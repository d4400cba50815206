/** One item of a visit's form: its words, its answer, its photos, and the pieces behind its number. */
import { el } from "web/dom";
import { conditionName } from "mapping/conditions";
import * as judging from "field/down/judging";
import { photoInput } from "field/inputs/photo_input";
import { nameOf, number, say } from "field/shell/say";
import { pacer, timer } from "field/views/visit/aids";

/** As many as one record may name. */
export const MOST_PHOTOS = 20;
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

/**
 * Draws an item into its box, and keeps what is said of it in `entry`.
 * @param {HTMLElement} box @param {judging.Item} item
 * @param {{round: import("field/down/evaluations").Round, site: import("field/down/evaluations").Site, entry: judging.Entry, key: string, changed: () => void,
 *   inputs: Map<string, import("field/inputs/photo_input").PhotoInput>, photosTaken: () => number}} about
 */
export function itemRow(box, item, { round, site, entry, key, changed, inputs, photosTaken }) {
  const helpers = [...(item.minutes ? [timer(item.minutes)] : []), ...(item.metres ? [pacer(item.metres)] : [])];
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
      ...offered.map((option) =>
        el(
          "button",
          {
            type: "button",
            role: "radio",
            "aria-checked": String(answer === option),
            "aria-selected": String(answer === option),
            disabled: judged && option !== "na",
            "data-answer": option,
            onclick: () => {
              entry.answer = entry.answer === option ? null : option;
              draw(true);
            },
          },
          WORDS[option],
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
      item.how && el("small", { class: "hint" }, nameOf({ zh: item.how, en: item.how_en })),
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
