/**
 * The life of a wall, without a page: which scene shows, when it asks again, what it does while nobody answers. It
 * runs for weeks, so it keeps the last answer and two timers, and nothing that grows.
 */

export const A_SCENE = 20_000; // ms
export const BETWEEN = 60_000; // ms from an answer to the next question
export const LONGEST = 10 * 60_000; // ms between questions that nobody answers
export const A_DAY = 24 * 3_600_000; // ms after which the page is loaded anew, for a newer edition of it

/** Said by `ask` when the wall has been ended: then there is nothing to ask for any more. */
export class Ended extends Error {}

/**
 * @template Told
 * @typedef {{
 *   ask: () => Promise<Told>,
 *   scenesOf: (told: Told) => (() => void)[],
 *   say: (state: {at: number|null, away: boolean, ended: boolean}) => void,
 *   anew: () => void,
 *   now: () => number,
 *   later: (what: () => void, ms: number) => any,
 * }} Parts `scenesOf` gives what draws each scene of an answer; `anew` loads the page again
 */

/**
 * Begins, and goes on by itself.
 * @template Told
 * @param {Parts<Told>} parts
 */
export async function begin({ ask, scenesOf, say, anew, now, later }) {
  const began = now();
  let scenes = /** @type {(() => void)[]} */ ([]);
  let place = 0;
  let at = /** @type {number|null} */ (null);
  let missed = 0;
  let turning = false;

  const turn = () => {
    if (scenes.length) {
      place %= scenes.length;
      scenes[place]();
      place += 1;
    }
    later(turn, A_SCENE);
  };

  const refresh = async () => {
    try {
      const told = await ask();
      scenes = scenesOf(told);
      at = now();
      missed = 0;
    } catch (error) {
      if (error instanceof Ended) {
        scenes = [];
        say({ at, away: false, ended: true });
        return;
      }
      // What was shown last goes on being shown, with its time.
      missed += 1;
    }
    say({ at, away: missed > 0, ended: false });
    if (at !== null && !turning) {
      turning = true;
      turn();
    }
    // Only while somebody answers: a page that cannot be loaded would be gone for good.
    if (missed === 0 && now() - began >= A_DAY) anew();
    else later(refresh, Math.min(BETWEEN * 2 ** Math.max(missed - 1, 0), LONGEST));
  };
  await refresh();
}
