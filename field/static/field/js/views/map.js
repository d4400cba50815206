/** The map of what the phone has, with or without a network; a touch on an asset shows it below. */
import { el, element, icon } from "web/dom";
import { metresBetween } from "web/distance";
import * as catalogue from "field/down/catalogue";
import { fieldMap } from "field/map/field_map";
import { assetCard, pageHead, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";

/** @param {HTMLElement} root @param {string[]} params the uid of an asset to begin at */
export async function show(root, [uid]) {
  const box = el("div", {
    class: "map-box",
    role: "region",
    "aria-label": gettext("Map; the list of near me shows the same"),
  });
  const shown = el("div", { class: "map-shown", "aria-live": "polite" });
  const whole = el("button", { class: "round", "aria-label": gettext("Whole area") }, icon("area"));
  const locate = el("button", { class: "round", "aria-label": gettext("Where I am") }, icon("locate"));
  root.replaceChildren(
    pageHead(gettext("Map"), router.back),
    el("div", { class: "map-frame" }, box, el("div", { class: "round-buttons" }, whole, locate), shown),
  );
  const choose = (assetUid) => {
    const asset = catalogue.assetOfId(assetUid);
    // It may have left the phone since the map was drawn.
    if (!asset) return;
    const here = position.lastKnown();
    const way = { metres: here && metresBetween(here, asset), direction: here && position.bearing(here, asset) };
    shown.replaceChildren(assetCard({ asset, ...way }));
    element(".map-frame", { within: root }).classList.add("with-card");
  };
  const first = uid ? catalogue.assetOfId(uid) : null;
  const made = await fieldMap(box, { centre: first ?? position.lastKnown(), pressed: choose });
  if (first) choose(uid);
  whole.addEventListener("click", made.fitArea);
  locate.addEventListener("click", () => {
    const here = position.here();
    if (here) made.lookAt(here, true);
    else toast(gettext("There is no position now."), "bad");
  });
  return made.remove;
}
