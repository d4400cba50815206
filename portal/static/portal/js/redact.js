/** Draws boxes over a photo, by mouse, finger or keys; the server burns them in. */
import { between, byKey, isMeant, moved, resized } from "portal/boxes";
import { el, element, there } from "web/dom";

/** @typedef {import("portal/boxes").Box} Box */

const STEP = 0.01;
const CORNER = 18; // pixels from the lower right corner that still mean it

const form = element("[data-redact]", { kind: HTMLFormElement });
const frame = element("[data-frame]", { within: form, kind: HTMLElement });
const field = element('[name="boxes"]', { within: form, kind: HTMLInputElement });
const count = element("[data-count]", { within: form });

/** @type {Map<HTMLElement, Box>} */
const boxes = new Map();
for (const box of JSON.parse(field.value)) add(box);
tell();

element("[data-add]", { within: form }).addEventListener("click", () => {
  add([0.4, 0.4, 0.6, 0.6]).focus();
  tell();
});

frame.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.target instanceof HTMLButtonElement) return;
  event.preventDefault();
  const from = at(event);
  const node = add([...from, ...from]);
  follow(
    event,
    (to) => put(node, between(from, to)),
    () => {
      if (!isMeant(boxOf(node))) remove(node);
    },
  );
});

/** Where the box of an element is. @param {HTMLElement} node */
const boxOf = (node) => there(boxes.get(node), "The box");

/** Puts a box there. @param {Box} box */
function add(box) {
  const node = el("button", { type: "button", class: "redact-box" });
  node.addEventListener("pointerdown", (event) => drag(node, event));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(node);
      return;
    }
    const box = byKey(boxOf(node), event.key, event.shiftKey, STEP);
    if (!box) return;
    event.preventDefault();
    put(node, box);
    tell();
  });
  frame.append(node);
  put(node, box);
  return node;
}

/** Moves a box, or its lower right corner. @param {HTMLElement} node @param {PointerEvent} event */
function drag(node, event) {
  if (event.button !== 0) return;
  const edge = node.getBoundingClientRect();
  const corner = edge.right - event.clientX < CORNER && edge.bottom - event.clientY < CORNER;
  const [x, y] = at(event);
  const before = boxOf(node);
  follow(
    event,
    ([right, down]) => put(node, (corner ? resized : moved)(before, right - x, down - y)),
    () => {},
  );
}

/**
 * Follows a pointer until it is lifted.
 * @param {PointerEvent} event @param {(to: [number, number]) => void} onMove @param {() => void} onEnd
 */
function follow(event, onMove, onEnd) {
  const end = new AbortController();
  const { signal } = end;
  const { pointerId } = event;
  const own = (/** @type {PointerEvent} */ pointer) => pointer.pointerId === pointerId;
  addEventListener("pointermove", (pointer) => own(pointer) && onMove(at(pointer)), { signal });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"]))
    addEventListener(
      name,
      (pointer) => {
        if (!own(pointer)) return;
        end.abort();
        onEnd();
        tell();
      },
      { signal },
    );
}

/** Where a pointer is, as shares of the photo. @param {PointerEvent} event @returns {[number, number]} */
function at(event) {
  const { left, top, width, height } = frame.getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / height];
}

/** Shows a box where it is now. @param {HTMLElement} node @param {Box} box */
function put(node, box) {
  boxes.set(node, box);
  const [left, top, right, bottom] = box.map((share) => `${100 * share}%`);
  Object.assign(node.style, {
    left,
    top,
    width: `calc(${right} - ${left})`,
    height: `calc(${bottom} - ${top})`,
  });
}

/** @param {HTMLElement} node */
function remove(node) {
  boxes.delete(node);
  node.remove();
  tell();
}

/** Writes down what is sent, and says how many there are. */
function tell() {
  const rounded = [...boxes.values()].map((box) => box.map((share) => Math.round(share * 10_000) / 10_000));
  field.value = JSON.stringify(rounded);
  [...boxes.keys()].forEach((node, n) => {
    node.setAttribute("aria-label", interpolate(gettext("Box %(n)s"), { n: n + 1 }, true));
  });
  count.textContent = interpolate(ngettext("%(n)s box", "%(n)s boxes", boxes.size), { n: boxes.size }, true);
}
