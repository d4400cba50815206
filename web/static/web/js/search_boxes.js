/**
 * The administration's boxes that search while one types (select2): each says the name of its field. Django gives that
 * to the select which select2 hides; the box before it knows only what is chosen, and the field one types into nothing.
 *
 * Boxes come with the page, with a row that is added to a table of rows, and the field one types into when a list opens;
 * so whatever comes into the page is looked at.
 */

const BOX = ".select2-selection";
const TYPED_INTO = ".select2-search__field";

/**
 * What Django calls a field: the name of its row and column, or the label before it without its colon.
 * @param {Element|null|undefined} select
 */
function nameOf(select) {
  if (!(select instanceof HTMLSelectElement)) return "";
  const words = select.getAttribute("aria-label") ?? select.labels[0]?.textContent ?? "";
  return words.trim().replace(/[:：]$/, "");
}

/** A box says its field and then what is chosen in it. @param {Element} box */
function nameBox(box) {
  const name = nameOf(box.closest(".select2")?.previousElementSibling);
  if (!name) return;
  box.setAttribute("aria-label", name);
  for (const field of box.querySelectorAll(TYPED_INTO)) field.setAttribute("aria-label", name);
  const wordsId = box.getAttribute("aria-labelledby")?.split(" ").pop();
  if (!wordsId) return;
  box.id ||= `${wordsId}-box`;
  box.setAttribute("aria-labelledby", `${box.id} ${wordsId}`);
  // What is chosen is words, where select2 speaks of a field within the field.
  const words = document.getElementById(wordsId);
  words?.removeAttribute("role");
  words?.removeAttribute("aria-readonly");
}

/** The list of a box, and the field above it, stand at the page's end while they are open. @param {Element} list */
function nameList(list) {
  const options = list.querySelector("[role=listbox]");
  const box = options && document.querySelector(`${BOX}[aria-owns="${CSS.escape(options.id)}"]`);
  const name = box?.getAttribute("aria-label");
  if (!box || !name) return;
  box.setAttribute("aria-controls", options.id);
  options.setAttribute("aria-label", name);
  for (const field of list.querySelectorAll(TYPED_INTO)) field.setAttribute("aria-label", name);
}

function nameAll() {
  for (const box of document.querySelectorAll(BOX)) nameBox(box);
  for (const list of document.querySelectorAll(".select2-dropdown")) nameList(list);
}

nameAll();
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
