import assert from "node:assert/strict";
import { test } from "node:test";
import { A_DAY, A_SCENE, BETWEEN, begin, Ended, LONGEST } from "reports/rotation";

const MONTH = 30 * A_DAY;

/** A clock that is turned by hand: timers are a list, and nothing waits. */
function aClock() {
  let time = 0;
  let timers = /** @type {{at: number, what: () => void}[]} */ ([]);
  let most = 0;
  return {
    now: () => time,
    later: (what, ms) => {
      timers.push({ at: time + ms, what });
      most = Math.max(most, timers.length);
    },
    /** Goes on until a moment, each timer in its turn and what it promises before the next. */
    async until(end) {
      for (;;) {
        timers.sort((timer, other) => timer.at - other.at);
        if (!timers.length || timers[0].at > end) break;
        const [{ at, what }] = timers.splice(0, 1);
        time = at;
        what();
        await new Promise((resolve) => setImmediate(resolve));
      }
      time = end;
    },
    waiting: () => timers.length,
    most: () => most,
    stop: () => {
      timers = [];
    },
  };
}

/** A wall with three scenes; `answers` says what each question meets. */
function aWall(clock, answers = (_asked) => ({})) {
  const seen = { asked: 0, shown: /** @type {number[]} */ ([]), said: null, anew: 0 };
  const parts = {
    ask: async () => {
      seen.asked += 1;
      return answers(seen.asked);
    },
    scenesOf: () =>
      [0, 1, 2].map((scene) => () => {
        seen.shown = [...seen.shown.slice(-5), scene];
      }),
    say: (state) => {
      seen.said = state;
    },
    anew: () => {
      seen.anew += 1;
    },
    now: clock.now,
    later: clock.later,
  };
  return { seen, parts };
}

const away = () => {
  throw new TypeError("Failed to fetch");
};

test("scenes follow one another and begin again", async () => {
  const clock = aClock();
  const { seen, parts } = aWall(clock);
  await begin(parts);
  await clock.until(4.5 * A_SCENE);
  assert.deepEqual(seen.shown, [0, 1, 2, 0, 1]);
});

test("it asks once a minute and says when it was answered last", async () => {
  const clock = aClock();
  const { seen, parts } = aWall(clock);
  await begin(parts);
  await clock.until(10.5 * BETWEEN);
  assert.equal(seen.asked, 11);
  assert.deepEqual(seen.said, { at: 10 * BETWEEN, away: false, ended: false });
});

test("a month without a network keeps what was shown last, asks ever more rarely, and nothing grows", async () => {
  const clock = aClock();
  const { seen, parts } = aWall(clock, (asked) => (asked === 1 ? {} : away()));
  await begin(parts);
  await clock.until(MONTH);
  assert.deepEqual(seen.said, { at: 0, away: true, ended: false });
  assert.equal(seen.shown.length, 6);
  assert.ok(seen.asked < MONTH / LONGEST + 10, String(seen.asked));
  assert.equal(clock.waiting(), 2);
  assert.equal(clock.most(), 2);
  assert.equal(seen.anew, 0);
});

test("a simulated month, day after day loaded anew, has two timers all the time", async () => {
  let days = 0;
  for (let time = 0; time < MONTH; ) {
    const clock = aClock();
    const { seen, parts } = aWall(clock, (asked) => (asked % 7 ? {} : away()));
    await begin(parts);
    await clock.until(A_DAY + LONGEST);
    assert.equal(seen.anew, 1);
    assert.ok(clock.most() <= 2);
    days += 1;
    time += A_DAY;
  }
  assert.equal(days, 30);
});

test("back on the network it is as before within ten minutes", async () => {
  const clock = aClock();
  const { seen, parts } = aWall(clock, () => (clock.now() < 3 * A_SCENE * 100 ? away() : {}));
  await begin(parts);
  assert.deepEqual(seen.said, { at: null, away: true, ended: false });
  await clock.until(3 * A_SCENE * 100 + LONGEST + 1);
  assert.equal(seen.said.away, false);
  assert.ok(seen.shown.length > 0);
});

test("a wall that was ended asks no more and shows nothing", async () => {
  const clock = aClock();
  const { seen, parts } = aWall(clock, (asked) => {
    if (asked > 2) throw new Ended();
    return {};
  });
  await begin(parts);
  await clock.until(A_DAY);
  assert.equal(seen.asked, 3);
  assert.equal(seen.said.ended, true);
  assert.equal(clock.waiting(), 1); // the turning alone, which finds nothing to show
});
