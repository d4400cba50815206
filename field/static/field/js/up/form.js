/**
 * Saving a form, once and whole: with the pictures that are still being worked on, and with its draft gone for good.
 *
 * A picture of a phone's camera takes a second or two to be made small. Whoever touches "save" meanwhile means it to be
 * in the record, so saving waits for it, and does not happen when it could not be read.
 */
import * as drafts from "field/up/drafts";
import * as outbox from "field/up/outbox";
import { toast } from "field/shell/pieces";

/**
 * A form with a draft.
 * @param {string|null} key of its draft; null for a form that keeps none
 * @param {() => any} values what its draft holds now
 * @param {() => import("field/inputs/photo_input").PhotoInput[]} pictures its places for photos
 */
export function formWith(key, values = () => null, pictures = () => []) {
  let saved = false;
  let saving = false;

  /** Writes the draft; after the form has been saved nothing does. */
  async function keep() {
    if (saved || !key) return;
    await drafts.keep(key, values()).catch((error) => toast(error.message, "bad"));
  }

  /**
   * Writes the record down; when this returns true it is on the phone to stay. A second touch meanwhile does nothing.
   * @param {() => outbox.Deed[]} deeds asked when everything is there; throws what keeps it from being saved
   * @param {{button?: HTMLElement|null, problem: HTMLElement}} parts what shows that it waits, and why it was not saved
   * @returns {Promise<boolean>}
   */
  async function save(deeds, { button = null, problem }) {
    if (saving || saved) return false;
    saving = true;
    problem.hidden = true;
    button?.setAttribute("aria-busy", "true");
    try {
      for (const input of pictures()) await input.settled();
      const made = deeds();
      saved = true;
      await outbox.save(made, key);
      return true;
    } catch (error) {
      saved = false;
      problem.textContent = error.message;
      problem.hidden = false;
      return false;
    } finally {
      saving = false;
      button?.removeAttribute("aria-busy");
    }
  }

  return { keep, save };
}
