/** One picture: chosen or dropped, and shown at once as it will be. */
import { first } from "web/dom";

/** @param {HTMLElement} row `[data-picture-input]`, with a file input and an image */
export function connectPicture(row) {
  const input = /** @type {HTMLInputElement} */ (row.querySelector("input[type=file]"));
  const image = /** @type {HTMLImageElement} */ (row.querySelector("img"));
  const drop = first(".desk-drop", { within: row });
  const before = image.getAttribute("src");
  let shown = "";

  const show = () => {
    if (shown) URL.revokeObjectURL(shown);
    const [file] = input.files;
    shown = file ? URL.createObjectURL(file) : "";
    image.hidden = !shown && !before;
    if (shown || before) image.src = shown || before;
  };
  // Not every browser draws what the server can read (HEIC): its name stands beside the input.
  image.addEventListener("error", () => {
    image.hidden = true;
  });
  input.addEventListener("input", show);
  for (const kind of ["dragenter", "dragover"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = /** @type {DragEvent} */ (event).dataTransfer.files;
    if (!file) return;
    const carried = new DataTransfer();
    carried.items.add(file);
    input.files = carried.files;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
