/** One picture: chosen or dropped, and shown at once as it will be. */
import { element } from "web/dom";
import { chooseFor, takeDropped } from "web/drop";

/** @param {HTMLElement} row `[data-picture-input]`, with a file input and an image */
export function connectPicture(row) {
  const input = element("input[type=file]", { within: row, kind: HTMLInputElement });
  const image = element("img", { within: row, kind: HTMLImageElement });
  const drop = element(".desk-drop", { within: row, kind: HTMLElement });
  const before = image.getAttribute("src") ?? "";
  let shown = "";

  const show = () => {
    if (shown) URL.revokeObjectURL(shown);
    const file = input.files?.[0];
    shown = file ? URL.createObjectURL(file) : "";
    image.hidden = !shown && !before;
    if (!image.hidden) image.src = shown || before;
  };
  // Not every browser draws what the server can read (HEIC): its name stands beside the input.
  image.addEventListener("error", () => {
    image.hidden = true;
  });
  input.addEventListener("input", show);
  if (input.files?.length) show(); // chosen before this module had arrived
  takeDropped(drop, ([file]) => chooseFor(input, file, "input"));
}
