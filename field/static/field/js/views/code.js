/** Where a plate leads: to reporting the asset's condition, when the phone has it. */
import { el, icon } from "web/dom";
import * as catalogue from "field/down/catalogue";
import { pageHead } from "field/shell/pieces";
import * as router from "field/shell/router";
import { say } from "field/shell/say";

/** @param {HTMLElement} root @param {string[]} params the code */
export function show(root, [code = ""]) {
  const asset = catalogue.assetOfCode(code);
  if (asset) {
    // After this view has been shown, or the one it gives way to would be drawn under it.
    queueMicrotask(() => router.replace(`report/${asset.uid}`));
    return;
  }
  root.replaceChildren(
    pageHead(gettext("Plate"), router.back),
    el(
      "div",
      { class: "empty" },
      icon("search"),
      el("h2", {}, say(gettext("%(code)s is not on this phone"), { code })),
      el("p", {}, gettext("It lies outside the area you downloaded, or it has been removed.")),
      el("a", { class: "button", href: "#/area" }, gettext("Download my area")),
      navigator.onLine &&
        el("a", { class: "button", href: `/assets/${encodeURIComponent(code)}/` }, gettext("Look it up on the server")),
    ),
  );
}
