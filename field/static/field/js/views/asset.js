/** One asset: what the phone knows of it, and what can be done with it. */
import { conditionName } from "mapping/conditions";
import { el, icon } from "web/dom";
import { metresBetween } from "web/distance";
import { attributes, inWords } from "field/inputs/attributes";
import * as catalogue from "field/down/catalogue";
import { assetCard, dot, facts, jobName, jobPath, pageHead, titleOf, typeName } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";
import { clock, dueInWords, metres, nameOf } from "field/shell/say";
import * as session from "field/phone/session";
import * as store from "field/phone/store";

/** What other lines say already. */
const TOLD_ABOVE = new Set(["name", "wording", "address", "building"]);

/** @param {HTMLElement} root @param {string[]} params the asset's uid */
export async function show(root, [uid]) {
  const asset = catalogue.assetOfId(uid);
  if (!asset) {
    root.replaceChildren(
      pageHead(gettext("Asset"), router.back),
      el("p", { class: "hint area-wait" }, gettext("This asset is not on the phone")),
    );
    return undefined;
  }
  const photo = asset.photo ? await store.get("thumbs", uid) : null;
  const address = photo?.bytes ? URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) : null;
  const state = catalogue.stateOf(asset);
  const jobs = catalogue.openJobs().filter((job) => job.asset === uid);
  const faces = catalogue.otherFaces(asset);
  const here = position.lastKnown();
  root.replaceChildren(
    pageHead(titleOf(asset), router.back),
    el(
      "div",
      { class: "page-scroll" },
      address && el("img", { class: "asset-photo", src: address, alt: gettext("Latest photo") }),
      el(
        "div",
        { class: "panel padded" },
        el(
          "p",
          {},
          el("span", { class: `badge ${state.condition}` }, dot(state.condition), conditionName(state.condition)),
          state.unconfirmed && el("span", { class: "waits asset-waits" }, gettext("waiting to be sent")),
        ),
        facts(knownOf(asset, state, here)),
      ),
      jobs.length > 0 &&
        el(
          "section",
          {},
          el("h3", { class: "panel-title" }, gettext("Jobs")),
          el(
            "ul",
            { class: "panel" },
            ...jobs.map((job) =>
              el(
                "li",
                {},
                el(
                  "a",
                  { class: "line", href: jobPath(job) },
                  icon("tasks"),
                  el("span", {}, jobName(job), job.due_on && el("small", {}, dueInWords(job.due_on))),
                  icon("next", "icon small"),
                ),
              ),
            ),
          ),
        ),
      faces.length > 0 &&
        el(
          "section",
          {},
          el("h3", { class: "panel-title" }, gettext("Other faces on this pole")),
          el(
            "ul",
            { class: "cards in-group" },
            ...faces.map((face) =>
              el("li", {}, assetCard({ asset: face, metres: null, direction: null }, `#/asset/${face.uid}`)),
            ),
          ),
        ),
      el(
        "ul",
        { class: "panel" },
        action("map", gettext("Show on the map"), `#/map/${uid}`),
        session.may("report_problem") &&
          session.may("inspect") &&
          action("alert", gettext("Report a problem"), `#/problem/asset/${uid}`),
        (session.may("edit") || session.may("inspect")) &&
          !asset.provisional &&
          action("edit", gettext("Correct what is recorded"), `#/edit/${uid}`),
      ),
    ),
    el(
      "div",
      { class: "area-foot" },
      session.may("inspect")
        ? el(
            "a",
            { class: "button primary wide", href: `#/report/${uid}` },
            icon("camera"),
            gettext("Report condition"),
          )
        : el(
            "a",
            { class: "button primary wide", href: `#/problem/asset/${uid}` },
            icon("camera"),
            gettext("Report a problem"),
          ),
    ),
  );
  return () => address && URL.revokeObjectURL(address);
}

const action = (iconName, words, href) =>
  el("li", {}, el("a", { class: "line", href }, icon(iconName), el("span", {}, words), icon("next", "icon small")));

/** @returns {[string, any][]} */
function knownOf(asset, state, here) {
  const themes = asset.themes.map(
    (code) => nameOf(catalogue.lists.themes.find((theme) => theme.code === code)) || code,
  );
  return [
    [gettext("Code"), asset.code ? el("code", {}, asset.code) : gettext("given when it is sent")],
    [gettext("Type"), typeName(asset)],
    [gettext("Address"), [asset.address, asset.building].filter(Boolean).join(" ")],
    [gettext("Wording"), asset.wording],
    [gettext("Theme"), themes.join("、")],
    [gettext("Inspected"), state.at && clock(state.at)],
    [gettext("Next inspection"), state.due && `${state.due} · ${dueInWords(state.due)}`],
    ...attributes
      .filter((attribute) => !TOLD_ABOVE.has(attribute.name))
      .map(
        (attribute) => /** @type {[string, any]} */ ([nameOf(attribute), inWords(attribute, asset[attribute.name])]),
      ),
    [gettext("Away"), here && metres(metresBetween(here, asset))],
  ];
}
