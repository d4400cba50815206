/** Scanning a plate, or typing the last digits on it: both lead to the asset. */
import { el, icon } from "web/dom";
import * as catalogue from "field/down/catalogue";
import { codeIn, read } from "field/inputs/decode";
import { assetCard, toast } from "field/shell/pieces";
import * as position from "field/phone/position";
import * as router from "field/shell/router";

const BETWEEN_LOOKS = 180; // ms
const MOST_FOUND = 8;
const FEWEST_DIGITS = 3;
/** A plate that has been taken is taken again only after so many looks without it: it may still be before the camera. */
const LOOKS_WITHOUT = 5;

/** @param {HTMLElement} root */
export function show(root) {
  let ended = false;
  /** @type {MediaStream|null} */
  let stream = null;
  const canvas = document.createElement("canvas");
  const video = el("video", { playsinline: true, muted: true, "aria-label": gettext("Camera") });
  video.muted = true;
  const state = el("p", { class: "scan-state", role: "status" }, gettext("Starting the camera …"));
  const light = el(
    "button",
    { class: "round scan-light", hidden: true, "aria-label": gettext("Light"), "aria-pressed": "false" },
    icon("light"),
  );
  const fromPicture = el("input", {
    type: "file",
    accept: "image/*",
    "aria-label": gettext("Read a photo of the plate"),
  });
  const digits = el("input", {
    class: "input digits",
    id: "digits",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: 17,
    placeholder: "000417",
  });
  const found = el("ul", { class: "cards in-group", "aria-live": "polite" });

  root.replaceChildren(
    el("div", { class: "scan-window" }, video, el("div", { class: "scan-frame", "aria-hidden": "true" }), state, light),
    el(
      "div",
      { class: "form scan-form" },
      el(
        "div",
        { class: "field-group" },
        el("label", { for: "digits" }, gettext("Or the last digits on the plate")),
        digits,
      ),
      el("label", { class: "button file" }, icon("pictures"), gettext("Read a photo of the plate"), fromPicture),
    ),
    found,
  );

  digits.addEventListener("input", () => {
    const wanted = digits.value.replace(/\D/g, "");
    const rows =
      wanted.length < FEWEST_DIGITS
        ? []
        : catalogue.byDistance(position.lastKnown(), catalogue.find(wanted)).slice(0, MOST_FOUND);
    const nothing = wanted.length >= FEWEST_DIGITS && !rows.length;
    found.replaceChildren(
      ...rows.map((row) => el("li", {}, assetCard(row))),
      nothing ? el("li", { class: "hint walk-hint" }, gettext("No code on this phone ends so.")) : "",
    );
  });
  fromPicture.addEventListener("change", async () => {
    const file = fromPicture.files?.[0];
    fromPicture.value = "";
    if (!file) return;
    try {
      take(await read(await createImageBitmap(file), canvas), true);
    } catch {
      toast(gettext("This picture cannot be read."), "bad");
    }
  });
  light.addEventListener("click", async () => {
    const on = light.getAttribute("aria-pressed") !== "true";
    await stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
    light.setAttribute("aria-pressed", String(on));
  });

  /** @param {string|null} text @param {boolean} asked whether somebody waits for a word about it */
  const take = (text, asked) => {
    if (text === null) {
      if (asked) toast(gettext("There is no code in this picture."), "bad");
      return false;
    }
    const code = codeIn(text);
    if (!code) {
      state.textContent = gettext("This is not a plate of ours.");
      if (asked) toast(gettext("This is not a plate of ours."), "bad");
      return false;
    }
    navigator.vibrate?.(60);
    router.go(`code/${code}`);
    return true;
  };
  let taken = null;
  let without = 0;
  const lookAgain = (text) => {
    without = text === taken ? 0 : without + 1;
    if (without >= LOOKS_WITHOUT) taken = null;
    if (text === null || text === taken) return;
    if (take(text, false)) [taken, without] = [text, 0];
  };
  const look = async () => {
    if (ended) return;
    if (video.readyState >= video.HAVE_CURRENT_DATA && !document.hidden && router.current().name === "scan") {
      const text = await read(video, canvas).catch(() => null);
      if (ended) return;
      lookAgain(text);
    }
    setTimeout(look, BETWEEN_LOOKS);
  };
  const begin = async () => {
    const opened = await openCamera();
    stream = opened;
    if (!opened) return;
    if (ended) return stop(opened);
    video.srcObject = opened;
    await video.play().catch(() => {});
    state.textContent = gettext("Hold the code into the frame");
    light.hidden = !opened.getVideoTracks()[0].getCapabilities?.().torch;
    look();
  };
  const openCamera = async () => {
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
      return await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (error) {
      root.querySelector(".scan-window")?.classList.add("without");
      state.textContent =
        error.name === "NotAllowedError"
          ? gettext("The browser may not use the camera. Type the digits, or allow it in the settings of the page.")
          : gettext("There is no camera to use. Type the digits.");
      return null;
    }
  };
  begin();
  return () => {
    ended = true;
    stop(stream);
  };
}

/** @param {MediaStream|null} stream */
function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
