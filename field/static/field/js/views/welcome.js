/** The first visit: what this is, and where to sign in. */
import { el, element } from "web/dom";
import { trouble } from "field/phone/claim";
import { languageButton } from "field/shell/language";
import * as session from "field/phone/session";

/** @param {HTMLElement} root */
export function show(root) {
  root.replaceChildren(
    el(
      "div",
      { class: "welcome" },
      el("div", { class: "welcome-top" }, languageButton()),
      el("img", { src: element('link[rel="icon"]', { kind: HTMLLinkElement }).href, width: 76, height: 76, alt: "" }),
      el("h2", { tabindex: "-1", id: "overlay-title" }, gettext("Ad inspection")),
      el(
        "p",
        {},
        gettext(
          "Report condition with a photo, do jobs, scan plates: without a network too. What you record stays on the phone until the server has confirmed it.",
        ),
      ),
      trouble && el("p", { class: "problem", role: "alert" }, trouble),
      el("a", { class: "button primary wide", href: session.signInAddress() }, gettext("Sign in")),
      !navigator.onLine && el("p", { class: "hint" }, gettext("Signing in needs a network, this once.")),
    ),
  );
}
