/** Saying where something stands: a map with a pin to drag, and the mean of ten seconds' positions. */
import { el, icon } from "mapping/dom";
import { fieldMap } from "field/field_map";
import { plusMinus, toast } from "field/pieces";
import * as position from "field/position";
import { say } from "field/say";

const MEASURING = 10_000; // ms
const CLOSE_UP = 18.5;
/** Somebody who drags a pin on this map is about so sure. */
const BY_HAND = 5; // metres

/**
 * @param {{start: {lon: number, lat: number}|null, changed: (place: import("field/outbox").Position) => void}} options
 * @returns {Promise<{node: HTMLElement, remove: () => void}>} call `begin` of it when it is in the page
 */
export function placeInput({ start, changed }) {
  const box = el("div", { class: "place-map" });
  const words = el("p", { class: "hint", role: "status" });
  const measure = el("button", { type: "button", class: "button small", id: "measure" }, icon("locate", "icon small"), gettext("Measure for 10 seconds"));
  const node = el("div", { class: "field-group" }, box, el("div", { class: "place-row" }, words, measure));
  let made = null;
  let marker = null;

  const tell = (place, how) => {
    words.textContent = how;
    changed(place);
  };
  const byHand = ({ lon, lat }) =>
    tell({ lon: round(lon), lat: round(lat), accuracy: BY_HAND }, gettext("Set by hand on the map"));
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
      made = await fieldMap(box, { centre: first, zoom: CLOSE_UP });
      if (!first) {
        words.textContent = gettext("Touch the map where it stands.");
        made.onceTouched((touched) => {
          at(touched);
          byHand(touched);
        });
        return;
      }
      at(first);
      if (!start) tell(position.forRecord(), say(gettext("Where you stand, %(accuracy)s"), { accuracy: plusMinus(here.accuracy) }));
    },
    remove: () => made?.remove(),
  };
}

const round = (degrees) => Math.round(degrees * 1e7) / 1e7;
