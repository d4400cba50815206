/** What can be done to all that the filter leaves: plan jobs, change them, print plates. Each way says for how many. */
import { config } from "web/config";
import { byId, el } from "web/dom";
import { address } from "mapping/filters";
import { number } from "web/format";
import { state } from "mapping/state";

/** @param {number} matched */
export function showDeeds(matched) {
  const n = { n: number(matched) };
  byId("deeds").replaceChildren(
    ...(config.may.plan
      ? [deed("plan-jobs", config.urls.planJobs, interpolate(gettext("Plan jobs (%(n)s)"), n, true), true)]
      : []),
    ...(config.may.edit
      ? [deed("edit-all", config.urls.bulkEdit, interpolate(gettext("Edit all %(n)s"), n, true), false)]
      : []),
    ...(config.may.export
      ? [deed("print-plates", config.urls.labels, interpolate(gettext("Plates (%(n)s)"), n, true), false)]
      : []),
  );
  byId("deeds").hidden = !matched || !byId("deeds").children.length;
}

const deed = (id, path, words, primary) =>
  el("a", { class: `button small${primary ? " primary" : ""}`, id, href: address(path, state.query) }, words);
