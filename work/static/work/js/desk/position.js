/** Where something is to stand: a pin on the map, coordinates or words, and what the server says of the place. */
import { config } from "web/config";
import { el, element, every, there } from "web/dom";
import { placePin, takePresses } from "mapping/map_pin";
import { goTo, mark } from "mapping/map_view";
import { getJson, noConnection } from "web/server";
import { openSheet, openedSheet } from "mapping/sheet";
import { Refusal } from "work/desk/send";
import { clearProblems, showProblems } from "work/desk/problems";

/**
 * @typedef {{lon: number, lat: number}} Place
 * @typedef {{id: number, title: string, kind: string, lon: number, lat: number, metres: number, snaps: boolean}} Support
 * @typedef {{place: string, allowed: boolean, refusal: string, supports: Support[], metres?: number, crosses?: string,
 *   alike: {code: string, url: string, title: string, type: string, symbol: string, condition: string, support: number|null,
 *   metres: number}[]}} What
 */

const DIGITS = 7;

/**
 * @param {import("work/desk/form").DeskForm} form with the inputs of `desk/position.html`
 * @param {object} options
 * @param {() => Record<string, string>} options.about what is asked besides the point: `asset`, or `type`
 * @param {(what: What) => (Node|string)[]} options.words what is said of the place
 * @param {(what: What) => void} [options.looked]
 * @param {(place: Place) => string} [options.moving] what is said while the pin is dragged
 * @param {() => void} [options.set] somebody has said where
 * @param {string} options.pinLabel
 */
export function connectPosition(form, { about, words, looked, moving, set, pinLabel }) {
  const placeWords = element(".desk-place", { within: form });
  const supports = element(".desk-supports", { within: form });
  const typed = form.elements.coordinates;
  const found = element(".desk-found", { within: form, kind: HTMLElement });
  /** @type {ReturnType<typeof placePin>|null} */
  let pin = null;
  /** @type {AbortController|null} */
  let asking = null;
  /** Where the hand let the pin go, before it was drawn to a support. @type {Place|null} */
  let free = null;

  const show = (place) => {
    if (pin) pin.setPlace(place);
    else
      pin = placePin(place, {
        label: pinLabel,
        moving: (at) => {
          if (moving) placeWords.textContent = moving(at);
        },
        moved: (at) => put(at),
      });
  };
  const write = (place) => {
    form.elements.lon.value = place.lon.toFixed(DIGITS);
    form.elements.lat.value = place.lat.toFixed(DIGITS);
  };
  const put = (place, { by = "hand", snap = true } = {}) => {
    free = place;
    write(place);
    form.elements.support.value = "";
    if (by === "hand") {
      typed.value = `${place.lon.toFixed(DIGITS)}, ${place.lat.toFixed(DIGITS)}`;
      form.elements.crs.value = "wgs84";
    }
    show(place);
    set?.();
    look({ snap });
  };
  const look = async ({ snap = false } = {}) => {
    if (!form.elements.lon.value) return;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const query = new URLSearchParams({ lon: form.elements.lon.value, lat: form.elements.lat.value, ...about() });
    try {
      const what = await getJson(`${config.extensions.desk.place}?${query}`, signal);
      if (signal.aborted) return;
      placeWords.replaceChildren(...words(what));
      placeWords.classList.toggle("wrong", !what.allowed);
      if (snap) drawSupports(what.supports);
      if (snap && what.supports[0]?.snaps) hang(what.supports[0]);
      looked?.(what);
    } catch (error) {
      if (error.name !== "AbortError") placeWords.textContent = error.message;
    }
  };
  const hang = (support) => {
    form.elements.support.value = String(support.id);
    write(support);
    show(support);
    for (const input of every("input", { within: supports, kind: HTMLInputElement }))
      input.checked = input.value === String(support.id);
    look();
  };
  const standAlone = () => {
    form.elements.support.value = "";
    const own = there(free, "The place before it was drawn to a support");
    write(own);
    show(own);
    look();
  };
  const drawSupports = (near) => {
    supports.replaceChildren(
      ...(near.length
        ? [
            el(
              "fieldset",
              { class: "desk-row" },
              el("legend", {}, gettext("On a support?")),
              supportChoice("", gettext("It stands for itself"), true, standAlone),
              ...near.map((support) =>
                supportChoice(
                  String(support.id),
                  interpolate(
                    gettext("On %(title)s (%(kind)s), %(metres)s m away"),
                    { title: support.title, kind: support.kind, metres: support.metres },
                    true,
                  ),
                  false,
                  () => hang(support),
                ),
              ),
            ),
          ]
        : []),
    );
  };
  const supportChoice = (value, caption, checked, onchange) =>
    el(
      "label",
      { class: "desk-choice" },
      el("input", { type: "radio", name: "on support", form: "", value, checked, onchange }),
      el("span", {}, caption),
    );

  const find = async () => {
    const text = typed.value.trim();
    found.hidden = true;
    if (!text) return;
    clearProblems(form);
    const query = new URLSearchParams({ text, crs: form.elements.crs.value });
    const response = await fetch(`${config.extensions.desk.position}?${query}`, {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (!response?.ok || !answer) {
      // Without one, what answered was not the server.
      showProblems(form, response && answer ? new Refusal(response.status, answer) : noConnection());
      return;
    }
    if (answer.found) drawFound(answer.found);
    else {
      put(answer, { by: "typing" });
      goTo(answer, { close: true });
    }
  };
  const drawFound = (places) => {
    found.replaceChildren(
      ...places.map((place) =>
        el(
          "li",
          {},
          el(
            "button",
            {
              type: "button",
              class: "menu-item",
              onclick: () => {
                found.hidden = true;
                goTo(place, { close: true });
                // A road or an area has no one place: it is only brought into view.
                if (["site", "asset"].includes(place.kind)) put(place, { by: "typing" });
              },
            },
            el("b", {}, place.title),
            el("small", {}, place.subtitle ?? ""),
          ),
        ),
      ),
    );
    found.hidden = false;
    found.querySelector("button")?.focus();
  };
  element("[data-desk-find]", { within: form }).addEventListener("click", find);
  typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    find();
  });

  return {
    /** The form is in the page: presses on the map say where. @param {Place|null} start where the pin stands already */
    begin(start) {
      mark("pointed", null);
      takePresses((place) => {
        if (openedSheet() !== "detail") openSheet("detail");
        put(place);
        goTo(place, { close: true });
      });
      const first = form.elements.lon.value
        ? { lon: Number(form.elements.lon.value), lat: Number(form.elements.lat.value) }
        : start;
      if (!first) return;
      free ??= first;
      write(first);
      show(first);
      look({ snap: Boolean(form.elements.support.value) });
    },
    /** The form has gone. */
    end() {
      asking?.abort();
      takePresses(null);
      pin?.remove();
      pin = null;
    },
    /** Somebody is to say anew where. */
    forget() {
      pin?.remove();
      pin = null;
      free = null;
      for (const name of ["lon", "lat", "support", "coordinates"]) form.elements[name].value = "";
      placeWords.textContent = "";
      supports.replaceChildren();
    },
    put,
    look,
  };
}

/** Why it may not stand there, where it may not. @param {What} what */
export const refusalWords = ({ refusal }) => (refusal ? [el("span", { class: "desk-refusal" }, refusal)] : []);
