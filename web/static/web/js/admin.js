/**
 * The administration's boxes that search while one types (select2): each says the name of its field, which Django gives
 * to the select that it hides.
 */

/** @param {ParentNode} within */
function nameBoxes(within) {
  for (const box of within.querySelectorAll(".select2-selection[aria-labelledby]")) {
    const select = box.closest(".select2")?.previousElementSibling;
    const label = select instanceof HTMLSelectElement ? select.labels[0] : null;
    const shown = box.getAttribute("aria-labelledby") ?? "";
    if (!label || shown.includes(" ")) continue;
    label.id ||= `${select?.id}-label`;
    box.setAttribute("aria-labelledby", `${label.id} ${shown}`);
  }
}

// select2 is set up when the document is ready; a row that is added to a table of rows, when Django tells of it.
addEventListener("load", () => nameBoxes(document));
document.addEventListener("formset:added", () => setTimeout(() => nameBoxes(document)));
