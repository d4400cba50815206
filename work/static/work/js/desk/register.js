/** Registering: press the map, choose a type, see what is on record there already, name it, and on to the next one. */
import { byId, el, element, icon, symbol } from "web/dom";
import { isPhone } from "mapping/sheet";
import { state } from "mapping/state";
import { connectPosition, refusalWords } from "work/desk/position";

/** What the next asset has of its own; everything else stays as it was typed. */
const ITS_OWN = [
  "name",
  "address",
  "building",
  "building_contact",
  "building_phone",
  "legacy_code",
  "source_id",
  "content_changed_on",
  "remarks",
  "condition",
];

/**
 * What of an asset's own has been said since a form was sent.
 * @param {import("work/desk/form").DeskForm} form
 * @param {FormData} sent
 */
function changedSince(form, sent) {
  /** @param {string} name */
  const differs = (name) => form.elements[name].value !== (sent.get(name) ?? "");
  /** @param {string} name */
  const number = (name) => Number(form.elements[name].value);
  return {
    fields: ITS_OWN.filter(differs).map((name) => [name, form.elements[name].value]),
    place: differs("lon") || differs("lat") ? { lon: number("lon"), lat: number("lat") } : null,
  };
}

/** @param {{form: import("work/desk/form").DeskForm, touched: () => void}} opened @returns {import("work/desk/form").Part} */
export function registerPart({ form, touched }) {
  const alike = element(".desk-alike", { within: form });
  let registered = 0;
  /** Whose faces are registered one after the other: they need not be looked at again for each. */
  let seenSupport = "";
  const position = connectPosition(form, {
    pinLabel: gettext("Where the new asset stands. Drag it, or move it by the arrow keys."),
    about: () => ({ type: form.elements.type.value, ...(seenSupport && { seen_support: seenSupport }) }),
    words: (what) => [el("span", {}, what.place), ...refusalWords(what)],
    looked: (what) => showAlike(what.alike),
    set: () => {
      // One hand on the mouse, one on the keyboard: after the place comes what is not known yet.
      const next = form.elements.type.value
        ? form.elements.name
        : element("[name=type]", { within: form, kind: HTMLElement });
      if (!isPhone()) next.focus({ preventScroll: true });
    },
  });
  for (const type of form.querySelectorAll("[name=type]")) type.addEventListener("change", () => position.look());

  // Sixteen types are much to look past ten times: after the first asset only its own is in sight.
  const types = element(".desk-types", { within: form });
  const another = element(".desk-other-type", { within: form, kind: HTMLElement });
  const foldTypes = (folded) => {
    types.classList.toggle("folded", folded);
    another.hidden = !folded;
  };
  another.addEventListener("click", () => {
    foldTypes(false);
    element("[name=type]:checked", { within: form, kind: HTMLElement }).focus();
  });

  const showAlike = (rows) => {
    alike.replaceChildren(
      ...(rows.length
        ? [
            el(
              "p",
              { class: "desk-alike-title" },
              icon("alert", "icon small"),
              gettext("Is it one of these? They are on record at this spot."),
            ),
            el("ul", {}, ...rows.map((row) => el("li", {}, alikeLink(row)))),
          ]
        : []),
    );
  };
  const alikeLink = (row) =>
    el(
      "a",
      {
        class: "face",
        href: row.url,
        onclick: (event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          state.update({ selection: { kind: "asset", code: row.code } });
        },
      },
      el("span", { class: `mark ${row.condition}` }, symbol(row.symbol)),
      el(
        "span",
        { class: "face-text" },
        el("b", {}, row.title),
        el("small", {}, interpolate(gettext("%(type)s · %(metres)s m away"), row, true)),
      ),
    );

  return {
    shown: () => {
      // Only another one of a support's faces begins with its support.
      seenSupport = form.elements.support.value;
      position.begin(null);
    },
    left: position.end,
    saved: (answer, way, sent) => {
      if (way === "open") {
        position.end();
        return false;
      }
      registered += 1;
      const since = changedSince(form, sent);
      for (const name of ITS_OWN) form.elements[name].value = "";
      form.elements.uid.value = answer.uid ?? "";
      form.elements.new_support.value = "";
      alike.replaceChildren();
      foldTypes(true);
      seenSupport = way === "here" ? String(answer.support ?? "") : "";
      if (way === "here") {
        position.put({ lon: answer.lon, lat: answer.lat }, { snap: answer.support !== null });
        form.elements.name.focus({ preventScroll: true });
      } else {
        position.forget();
        element(".desk-title", { within: form, kind: HTMLElement }).focus();
      }
      element(".desk-lead", { within: form }).replaceChildren(
        interpolate(ngettext("%(n)s registered.", "%(n)s registered.", registered), { n: registered }, true),
        " ",
        el("a", { href: answer.url, target: "_blank" }, answer.title ?? answer.code),
        " ",
        way === "here"
          ? gettext("The next one at the same spot:")
          : gettext("Press the map where the next one stands."),
      );
      byId("detail-form").scrollTop = 0;
      touched();
      // The next one was begun while this one was being sent.
      for (const [name, value] of since.fields) form.elements[name].value = value;
      if (since.place) position.put(since.place);
      return true;
    },
  };
}
