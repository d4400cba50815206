/** What those who may write have on the map page: the panel's buttons open forms, and a button registers a new asset. */
import { config } from "web/config";
import { byId, dataOf, el, icon, targetOf } from "web/dom";
import { isFormOpen } from "mapping/panel_form";
import { openForm } from "work/desk/form";
import { movePart } from "work/desk/move";
import { registerPart } from "work/desk/register";

const parts = { move: movePart, new: registerPart };

/** @param {string} address @param {HTMLElement|null} trigger */
const open = (address, trigger) =>
  openForm(address, (opened) => parts[opened.form.dataset.kind]?.(opened) ?? {}, trigger);

byId("detail-body").addEventListener("click", (event) => {
  const trigger = /** @type {HTMLElement|null} */ (targetOf(event).closest("[data-desk]"));
  if (!trigger) return;
  // An entry of a menu that closes cannot have the focus back; what opened the menu can.
  open(dataOf(trigger, "desk"), trigger.closest("details")?.querySelector("summary") ?? trigger);
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "e" || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented)
    return;
  if (targetOf(event).closest("input, select, textarea") || isFormOpen()) return;
  const edit = /** @type {HTMLElement|null} */ (byId("detail-body").querySelector(".actions .primary[data-desk]"));
  if (!edit) return;
  event.preventDefault();
  edit.click();
});

const { newAsset } = config.extensions.desk;
if (newAsset) {
  const words = gettext("New asset here");
  const button = el(
    "button",
    { class: "map-button", id: "new-asset", type: "button", "aria-label": words, title: words },
    icon("pin-plus"),
  );
  button.addEventListener("click", () => open(newAsset, button));
  byId("map-tools").append(button);
}
