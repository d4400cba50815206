/** Taking photos in a form: the button that opens the camera, and the small pictures of what was taken. */
import { el, icon } from "web/dom";
import * as drafts from "field/up/drafts";
import * as photos from "field/up/photos";
import { toast } from "field/shell/pieces";
import { say } from "field/shell/say";

/**
 * @typedef {{shots: HTMLElement, button: HTMLElement, notes: () => import("field/up/outbox").PhotoNote[],
 *   settled: () => Promise<void>}} PhotoInput
 * `settled` waits until every chosen picture is on the phone, and throws, once, when one could not be kept
 */

/**
 * @param {{draft: string, role: string, notes: import("field/up/outbox").PhotoNote[],
 *   changed: (notes: import("field/up/outbox").PhotoNote[]) => Promise<void>, words?: string}} options
 *   `notes` is what is there already; `changed` writes the draft
 * @returns {PhotoInput}
 */
export function photoInput({ draft, role, notes, changed, words = gettext("Photo") }) {
  let taken = [...notes];
  /** Pictures being made small and written down, one after the other. @type {Promise<void>} */
  let work = Promise.resolve();
  /** @type {Error|null} */
  let failure = null;
  const shots = el("div", { class: "shots" });
  const label = el("span", {}, words);
  const input = el("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": words });
  const button = el("label", { class: "button file" }, icon("camera"), label, input);

  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    work = work.then(() => takeAll(files));
  });

  async function takeAll(files) {
    button.setAttribute("aria-busy", "true");
    try {
      for (const file of files) {
        const note = await photos.take(file, draft, role);
        if (!taken.some((other) => other.sha256 === note.sha256)) taken.push(note);
      }
    } catch (error) {
      failure = error;
      toast(error.message, "bad");
    }
    await changed(taken);
    button.removeAttribute("aria-busy");
    draw();
  }

  async function settled() {
    /** @type {Promise<void>|null} */
    let seen = null;
    while (seen !== work) {
      seen = work;
      await seen;
    }
    const failed = failure;
    failure = null;
    if (failed) throw failed;
  }

  async function drop(note) {
    taken = taken.filter((other) => other !== note);
    await changed(taken);
    await drafts.dropPhoto(note.sha256);
    draw();
  }

  async function draw() {
    label.textContent = taken.length ? say(gettext("Photo %(n)s"), { n: taken.length }) : words;
    const pictures = await Promise.all(
      taken.map(async (note) => ({ note, address: await photos.addressOf(note.sha256) })),
    );
    shots.hidden = !taken.length;
    shots.replaceChildren(
      ...pictures.map(({ note, address }) =>
        el(
          "span",
          { class: "shot", "data-sha256": note.sha256 },
          address &&
            el("img", { src: address, alt: gettext("Photo taken"), onload: (e) => URL.revokeObjectURL(e.target.src) }),
          el(
            "button",
            { type: "button", "aria-label": gettext("Remove the photo"), onclick: () => drop(note) },
            el("span", {}, icon("close")),
          ),
        ),
      ),
    );
  }

  draw();
  return { shots, button, notes: () => taken, settled };
}
