/** Files that are dropped onto a place of the page, which shows while they are over it (`.over`). */

/**
 * @param {HTMLElement} place
 * @param {(files: File[]) => void} take called with at least one
 */
export function takeDropped(place, take) {
  for (const kind of ["dragenter", "dragover"])
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length) take(files);
  });
}

/**
 * Puts a dropped file into an input, as if it had been chosen there.
 * @param {HTMLInputElement} input @param {File} file @param {string} kind of the event that a choice would have been
 */
export function chooseFor(input, file, kind) {
  const carried = new DataTransfer();
  carried.items.add(file);
  input.files = carried.files;
  input.dispatchEvent(new Event(kind, { bubbles: true }));
}
