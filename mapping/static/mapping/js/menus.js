/**
 * The head of every page: menus that close on Escape and on a click elsewhere, the language switch that keeps what is on
 * screen, and on a phone the row of rooms, which begins at the one that is open.
 */

const menus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    if (!menu.contains(event.target) || event.target.closest("[data-closes-menu]")) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }
});

for (const form of document.querySelectorAll("[data-language-switch]")) {
  form.addEventListener("submit", () => {
    form.elements.next.value = location.pathname + location.search + location.hash;
  });
}

document.querySelector(".rooms > [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
