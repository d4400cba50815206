/** Correcting what is recorded: only what was changed is sent, and an emptied field is sent as emptied. */
import { el } from "web/dom";
import { attributes, inputFor } from "field/inputs/attributes";
import * as catalogue from "field/down/catalogue";
import { formWith } from "field/up/form";
import { pageHead, titleOf, toast } from "field/shell/pieces";
import { placeInput } from "field/inputs/place_input";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import * as session from "field/phone/session";
import * as sync from "field/up/sync";
import { wakeWhenOnline } from "field/shell/worker";

/** @param {HTMLElement} root @param {string[]} params the asset's uid */
export async function show(root, [uid]) {
  const asset = catalogue.assetOfId(uid);
  if (!asset) return router.replace("near");
  /** @type {import("field/up/outbox").Position|null} */
  let moved = null;
  const inputs = attributes.map((attribute) => inputFor(attribute, asset[attribute.name]));
  const place = placeInput({
    start: asset,
    changed: (changed) => {
      moved = changed;
    },
  });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const form = formWith(null);
  const deeds = () => {
    /** @type {Record<string, any>} */
    const fields = {};
    for (const input of inputs) {
      const changed = input.changed();
      if (changed) fields[input.name] = changed.value;
    }
    if (moved) fields.position = moved;
    if (!Object.keys(fields).length) throw new Error(gettext("Nothing has been changed."));
    if (moved) place.sureEnough();
    return [
      {
        kind: "edit",
        asset: uid,
        base_version: asset.version,
        position: position.forRecord(),
        fields,
        title: titleOf(asset),
      },
    ];
  };
  const save = async (event) => {
    const visited = router.visit();
    if (!(await form.save(deeds, { button: event.currentTarget, problem }))) return;
    toast(gettext("Saved on the phone"));
    router.leave(visited);
    wakeWhenOnline();
    sync.send();
  };
  root.replaceChildren(
    pageHead(gettext("Correct what is recorded"), router.back),
    el(
      "div",
      { class: "page-scroll" },
      el(
        "div",
        { class: "form" },
        !session.may("edit") &&
          el("p", { class: "hint" }, gettext("The office confirms your corrections before they count.")),
        ...inputs.map((input) => input.group),
        el("div", { class: "field-group" }, el("span", { class: "section-title" }, gettext("Position")), place.node),
      ),
    ),
    el(
      "div",
      { class: "area-foot" },
      problem,
      el("button", { class: "button primary wide", id: "save-edit", onclick: save }, gettext("Save")),
    ),
  );
  place.begin().catch((error) => toast(error.message, "bad"));
  return place.remove;
}
