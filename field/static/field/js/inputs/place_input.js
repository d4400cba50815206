/** Saying where something stands: a map with a pin to drag, and the mean of ten seconds' positions. */
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import { fieldMap } from "field/map/field_map";
import { plusMinus, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import { metres, say } from "field/shell/say";

const MEASURING = 10_000; // ms
const CLOSE_UP = 18.5;
/** Somebody who drags a pin on this map is about so sure. */
const BY_HAND = 5; // metres
/** A position no surer than this may be that of the next crossing: it is asked about before it is kept. */
const UNSURE = 100; // metres
/** A place that was set from farther away than this was set somewhere else. */
const ELSEWHERE = 100; // metres

/**
 * @param {{start: {lon: number, lat: number}|null,
 *   changed: (place: import("field/up/outbox").Position, how: {byItself: boolean}) => void}} options
 *   `byItself`: it is where the phone happens to be, and nobody has said that it stands there
 * @returns {{node: HTMLElement, begin: () => Promise<void>, sureEnough: () => void, remove: () => void}}
 *   call `begin` when it is in the page, and `sureEnough` before the place is kept: it throws what is to be asked
 */
export function placeInput({ start, changed }) {
  const box = el("div", { class: "place-map" });
  const words = el("p", { class: "hint", role: "status" });
  const measure = el(
    "button",
    { type: "button", class: "button small", id: "measure" },
    icon("locate", "icon small"),
    gettext("Measure for 10 seconds"),
  );
  const node = el("div", { class: "field-group" }, box, el("div", { class: "place-row" }, words, measure));
  /** @type {import("field/map/field_map").FieldMap|null} */
  let made = null;
  /** @type {import("field/map/field_map").Pin|null} */
  let marker = null;

  /** @type {import("field/up/outbox").Position|null} */
  let told = null;
  let byItself = false;
  let asked = false;
  const tell = (place, how, automatic = false) => {
    words.textContent = how;
    told = place;
    byItself = automatic;
    asked = false;
    changed(place, { byItself });
  };
  /** While nobody has set it, a surer position takes the place of a less sure one. */
  const follow = () => {
    const here = position.here();
    if (!here || (told && (!byItself || here.accuracy >= (told.accuracy ?? Number.POSITIVE_INFINITY)))) return;
    if (!told && start) return;
    at(here);
    tell(
      position.forRecord(),
      say(gettext("Where you stand, %(accuracy)s"), { accuracy: plusMinus(here.accuracy) }),
      true,
    );
  };
  const byHand = ({ lon, lat }) =>
    tell({ lon: position.round(lon), lat: position.round(lat), accuracy: BY_HAND }, gettext("Set by hand on the map"));
  const at = (place) => {
    if (!made) return;
    if (marker) marker.setPlace(place);
    else marker = made.pin(place, byHand);
    made.lookAt(place);
  };
  measure.addEventListener("click", async () => {
    measure.disabled = true;
    const mean = await position.average(MEASURING, (sofar) => {
      words.textContent = say(gettext("Measuring … %(share)s% · %(accuracy)s"), {
        share: Math.round(sofar.share * 100),
        accuracy: plusMinus(sofar.accuracy),
      });
      at(sofar);
    });
    measure.disabled = false;
    if (!mean) {
      words.textContent = "";
      toast(gettext("The phone gave no position. Set the pin by hand."), "bad");
      return;
    }
    at(mean);
    tell(mean, say(gettext("Measured, %(accuracy)s"), { accuracy: plusMinus(mean.accuracy) }));
  });

  return {
    node,
    async begin() {
      const here = position.here();
      const first = start ?? here;
      // Where one stands is known before the map is drawn.
      position.events.addEventListener("changed", follow);
      if (!start) follow();
      const map = await fieldMap(box, { centre: first, zoom: CLOSE_UP });
      made = map;
      const initial = told ?? first;
      if (!initial) {
        words.textContent = gettext("Touch the map where it stands.");
        map.onceTouched((touched) => {
          at(touched);
          byHand(touched);
        });
        return;
      }
      at(initial);
      if (start && here && metresBetween(here, start) > ELSEWHERE + here.accuracy) {
        words.textContent = say(gettext("Set before, %(far)s from where you are now"), {
          far: metres(metresBetween(here, start)),
        });
      }
    },
    sureEnough() {
      const accuracy = told?.accuracy ?? 0;
      if (asked || accuracy <= UNSURE) return;
      asked = true;
      throw new Error(
        say(
          gettext(
            "The position is no surer than %(accuracy)s. Set the pin or measure; or save once more to keep it so.",
          ),
          { accuracy: plusMinus(accuracy) },
        ),
      );
    },
    remove() {
      position.events.removeEventListener("changed", follow);
      made?.remove();
    },
  };
}
