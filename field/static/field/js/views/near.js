/** Near me: what stands about, the nearest first, with direction; and finding one by the end of its code. */
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as catalogue from "field/down/catalogue";
import * as position from "field/phone/position";
import { assetCard, empty, noArea } from "field/shell/pieces";
import { number, say } from "field/shell/say";
import * as session from "field/phone/session";

const PER_SCREEN = 40;
/** The list is sorted anew only after so many metres, so that it does not jump under a thumb. */
const WORTH_SORTING = 4;

/** @param {HTMLElement} root */
export function show(root) {
  /** @type {position.Fix|null} */
  let sortedAt = null;
  let most = PER_SCREEN;
  const input = el("input", {
    type: "search",
    inputmode: "search",
    autocomplete: "off",
    enterkeyhint: "search",
    placeholder: gettext("Last digits, name or address"),
    "aria-label": gettext("Last digits of the code, name or address"),
  });
  const list = el("ul", { class: "cards", "aria-label": gettext("Near me") });
  const buttons = el(
    "nav",
    { class: "float-bar", "aria-label": gettext("More ways") },
    el("a", { href: "#/map" }, icon("map"), gettext("Map")),
    session.may("register")
      ? el("a", { href: "#/new" }, icon("plus"), gettext("New asset"))
      : el("a", { href: "#/problem" }, icon("camera"), gettext("Report a problem")),
  );
  const borrowed = el(
    "p",
    { class: "hint borrowed", hidden: true },
    gettext("From the network, only what stands around you."),
    " ",
    el("a", { href: "#/area" }, gettext("Download my area")),
  );
  root.replaceChildren(
    el("div", { class: "search-row" }, el("div", { class: "search-field" }, icon("search"), input)),
    borrowed,
    list,
  );
  root.after(buttons);

  const draw = () => {
    const here = position.lastKnown();
    sortedAt = here;
    const wanted = input.value.trim();
    borrowed.hidden = !catalogue.isBorrowed();
    catalogue.lookAround(here);
    if (!catalogue.every().length) return list.replaceChildren(nothingHere());
    const rows = catalogue.byDistance(here, wanted ? catalogue.find(wanted) : undefined);
    if (!rows.length) return list.replaceChildren(nothingFound(wanted));
    list.replaceChildren(...rows.slice(0, most).map((row) => el("li", {}, assetCard(row))));
    if (rows.length > most) list.append(more(rows.length));
  };
  const more = (count) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          class: "button wide",
          onclick: () => {
            most += PER_SCREEN;
            draw();
          },
        },
        say(gettext("Show more (%(shown)s of %(all)s)"), { shown: number(most), all: number(count) }),
      ),
    );
  const moved = () => {
    const here = position.lastKnown();
    if (here && (!sortedAt || metresBetween(sortedAt, here) > WORTH_SORTING)) keepingFocus(list, draw);
  };

  input.addEventListener("input", () => {
    most = PER_SCREEN;
    draw();
  });
  const changed = () => keepingFocus(list, draw);
  catalogue.events.addEventListener("changed", changed);
  position.events.addEventListener("changed", moved);
  draw();
  return () => {
    buttons.remove();
    catalogue.events.removeEventListener("changed", changed);
    position.events.removeEventListener("changed", moved);
  };
}

/** Draws a list anew without taking the focus from the asset that has it. */
function keepingFocus(list, draw) {
  const focused = list.contains(document.activeElement) ? document.activeElement?.getAttribute("data-uid") : null;
  draw();
  if (focused) list.querySelector(`[data-uid="${focused}"]`)?.focus({ preventScroll: true });
}

const nothingHere = () => el("li", {}, noArea());

const nothingFound = (wanted) =>
  el(
    "li",
    {},
    empty(
      "search",
      say(gettext("Nothing for “%(wanted)s”"), { wanted }),
      gettext("Try the last four to six digits of the code on the plate."),
    ),
  );
