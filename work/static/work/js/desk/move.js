/** Moving an asset by dragging its pin: how far, into which areas, onto which support. */
import { dataOf, el, element, first } from "web/dom";
import { metresBetween } from "web/distance";
import { number } from "web/format";
import { goTo } from "mapping/map_view";
import { connectPosition, refusalWords } from "work/desk/position";
import { showProblems } from "work/desk/problems";

/** @param {{form: import("work/desk/form").DeskForm, article: HTMLElement}} opened @returns {import("work/desk/form").Part} */
export function movePart({ form, article }) {
  const start = { lon: Number(form.dataset.lon), lat: Number(form.dataset.lat) };
  const position = connectPosition(form, {
    pinLabel: gettext("Where it is to stand. Drag it, or move it by the arrow keys."),
    about: () => ({ asset: dataOf(article, "code"), ...(form.elements.alone?.checked ? { alone: "1" } : {}) }),
    moving: (at) => far(metresBetween(start, at)),
    words: (what) => [
      el("b", {}, what.metres ? far(what.metres) : gettext("It has not been moved yet.")),
      el("span", {}, what.place),
      ...(what.crosses ? [el("span", { class: "desk-crossing" }, what.crosses)] : []),
      ...refusalWords(what),
    ],
  });
  form.elements.alone?.addEventListener("change", () => {
    form.elements.support.value = "";
    showWhatMoves();
    position.look({ snap: true });
  });
  /** What hangs on a support moves with it, unless it is taken off: only then is there a position of its own. */
  const showWhatMoves = () => {
    const alone = form.elements.alone?.checked ?? true;
    const note = first(".desk-note", { within: form });
    if (note) note.hidden = alone;
    element("[data-field=position_accuracy]", { within: form, kind: HTMLElement }).hidden = !alone;
  };
  showWhatMoves();
  return {
    shown: () => {
      position.begin(start);
      goTo(start, { close: true });
    },
    left: position.end,
    refused: (refusal) => {
      if (refusal.status !== 409 || refusal.body?.lon === undefined) return false;
      // Where it stands by now is what the next attempt starts from.
      const { lon, lat } = refusal.body;
      form.elements.seen_lon.value = String(lon);
      form.elements.seen_lat.value = String(lat);
      Object.assign(start, { lon, lat });
      position.look();
      showProblems(form, refusal);
      return true;
    },
  };
}

const far = (metres) =>
  interpolate(gettext("%(metres)s m from where it stands"), { metres: number(Math.round(metres)) }, true);
