/** Taking photos in a form: the button that opens the camera, and the small pictures of what was taken. */
import { el, icon } from "mapping/dom";
import * as drafts from "field/drafts";
import * as photos from "field/photos";
import { toast } from "field/pieces";
import { say } from "field/say";

/**
 * @param {{draft: string, role: string, notes: import("field/outbox").PhotoNote[],
 *   changed: (notes: import("field/outbox").PhotoNote[]) => Promise<void>, words?: string}} options
 *   `notes` is what is there already; `changed` writes the draft
 * @returns {{shots: HTMLElement, button: HTMLElement, notes: () => import("field/outbox").PhotoNote[]}}
 */
export function photoInput({ draft, role, notes, changed, words = gettext("Photo") }) {
  let taken = [...notes];
  const shots = el("div", { class: "shots" });
  const label = el("span", {}, words);
  const input = el("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": words });
  const button = el("label", { class: "button file" }, icon("camera"), label, input);

  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    button.setAttribute("aria-busy", "true");
    try {
      for (const file of files) {
        const note = await photos.take(file, draft, role);
        if (!taken.some((other) => other.sha256 === note.sha256)) taken.push(note);
      }
      await changed(taken);
    } catch (error) {
      toast(error.message, "bad");
    }
    button.removeAttribute("aria-busy");
    draw();
  });

  async function drop(note) {
    taken = taken.filter((other) => other !== note);
    await changed(taken);
    await drafts.dropPhoto(note.sha256);
    draw();
  }

  async function draw() {
    label.textContent = taken.length ? say(gettext("Photo %(n)s"), { n: taken.length }) : words;
    const pictures = await Promise.all(taken.map(async (note) => ({ note, address: await photos.addressOf(note.sha256) })));
    shots.hidden = !taken.length;
    shots.replaceChildren(
      ...pictures.map(({ note, address }) =>
        el(
          "span",
          { class: "shot", "data-sha256": note.sha256 },
          address && el("img", { src: address, alt: gettext("Photo taken"), onload: (e) => URL.revokeObjectURL(e.target.src) }),
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
  return { shots, button, notes: () => taken };
}
