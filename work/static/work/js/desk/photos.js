/** Photos of a form: chosen, dropped or taken; kept here until the server has them, so that a refusal loses none. */
import { el, element, icon } from "web/dom";
import { takeDropped } from "web/drop";

/**
 * @param {HTMLElement} row `[data-photos-input]`
 * @returns {{files: () => File[], clear: () => void}}
 */
export function connectPhotos(row) {
  const input = element("input[type=file]", { within: row, kind: HTMLInputElement });
  const drop = element(".desk-drop", { within: row, kind: HTMLElement });
  const shots = element(".desk-shots", { within: row });
  /** @type {{file: File, address: string}[]} */
  let kept = [];
  // What is kept is sent; the input itself only chooses.
  input.removeAttribute("name");

  const draw = () => {
    shots.replaceChildren(
      ...kept.map((shot) =>
        el(
          "li",
          {},
          el("img", {
            src: shot.address,
            alt: shot.file.name,
            onerror: (event) => event.target.classList.add("unseen"),
          }),
          el("span", {}, shot.file.name),
          el(
            "button",
            {
              type: "button",
              class: "icon-button small",
              "aria-label": interpolate(gettext("Leave out %(name)s"), { name: shot.file.name }, true),
              onclick: () => remove(shot),
            },
            icon("close", "icon small"),
          ),
        ),
      ),
    );
  };
  /** @param {Iterable<File>} files */
  const add = (files) => {
    const keptFiles = new Set(kept.map(({ file }) => `${file.name} ${file.size} ${file.lastModified}`));
    for (const file of files)
      if (!keptFiles.has(`${file.name} ${file.size} ${file.lastModified}`))
        kept.push({ file, address: URL.createObjectURL(file) });
    draw();
    row.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const remove = (shot) => {
    URL.revokeObjectURL(shot.address);
    kept = kept.filter((other) => other !== shot);
    draw();
    input.focus();
  };

  input.addEventListener("change", () => {
    add(input.files ?? []);
    input.value = "";
  });
  takeDropped(drop, add);

  return {
    files: () => kept.map(({ file }) => file),
    clear: () => {
      for (const { address } of kept) URL.revokeObjectURL(address);
      kept = [];
      draw();
    },
  };
}
