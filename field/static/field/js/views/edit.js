/** Correcting what is recorded: only what was changed is sent, and an emptied field is sent as emptied. */
import { el } from "web/dom";
import * as catalogue from "field/catalogue";
import { formWith } from "field/form";
import { pageHead, titleOf, toast } from "field/pieces";
import { placeInput } from "field/place_input";
import * as position from "field/position";
import * as router from "field/router";
import * as session from "field/session";
import * as sync from "field/sync";
import { wakeWhenOnline } from "field/worker";

const TEXTS = [
  { key: "name", words: gettext("Name"), longest: 200 },
  { key: "wording", words: gettext("Wording"), longest: 2000 },
  { key: "address", words: gettext("Address"), longest: 300 },
  { key: "building", words: gettext("Building or stairwell"), longest: 80 },
  { key: "material", words: gettext("Material"), longest: 60 },
  { key: "remarks", words: gettext("Remarks"), longest: 1000 },
];

/** @param {HTMLElement} root @param {string[]} params the asset's uid */
export async function show(root, [uid]) {
  const asset = catalogue.assetOfId(uid);
  if (!asset) return router.replace("near");
  let moved = null;
  const inputs = TEXTS.map(({ key, words, longest }) => ({
    key,
    words,
    input: el(key === "wording" || key === "remarks" ? "textarea" : "input", {
      class: "input",
      id: `edit-${key}`,
      maxlength: longest,
    }),
  }));
  for (const { key, input } of inputs) input.value = asset[key] ?? "";
  const place = placeInput({
    start: asset,
    changed: (changed) => {
      moved = changed;
    },
  });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const form = formWith(null);
  const deeds = () => {
    const fields = Object.fromEntries(
      inputs
        .map(({ key, input }) => [key, input.value.trim()])
        .filter(([key, value]) => value !== (asset[key] ?? ""))
        .map(([key, value]) => [key, value || null]),
    );
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
        ...inputs.map(({ words, input }) =>
          el("div", { class: "field-group" }, el("label", { for: input.id }, words), input),
        ),
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
