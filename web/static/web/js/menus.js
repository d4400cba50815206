/**
 * The head of every page: menus that close on Escape and on a click elsewhere, the language switch that keeps what is on
 * screen, and on a phone the row of rooms, which begins at the one that is open.
 */

import { element, every, targetOf } from "web/dom";

const menus = () => every("details[data-menu][open]", { kind: HTMLDetailsElement });

document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    const target = targetOf(event);
    if (!menu.contains(target) || target.closest("[data-closes-menu]")) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    element("summary", { within: menu, kind: HTMLElement }).focus();
    event.stopImmediatePropagation();
  }
});

for (const form of every("[data-language-switch]", { kind: HTMLFormElement })) {
  form.addEventListener("submit", () => {
    element("[name=next]", { within: form, kind: HTMLInputElement }).value =
      location.pathname + location.search + location.hash;
  });
}

document.querySelector(".rooms > [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
