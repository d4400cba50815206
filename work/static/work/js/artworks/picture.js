/** One picture: chosen or dropped, and shown at once as it will be. */
import { first } from "web/dom";
import { chooseFor, takeDropped } from "web/drop";

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
  if (input.files.length) show(); // chosen before this module had arrived
  takeDropped(drop, ([file]) => chooseFor(input, file, "input"));
}
