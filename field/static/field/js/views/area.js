/** "Download my area": choosing streets or communities, seeing the size first, and knowing when it is all there. */
import { el, icon } from "web/dom";
import * as basemap from "field/down/basemap";
import * as pack from "field/down/pack";
import { pageHead, switchRow, toast } from "field/shell/pieces";
import * as router from "field/shell/router";
import { clock, number, say, size } from "field/shell/say";
import * as store from "field/phone/store";

/** Of a thumbnail, as phones get them. */
const THUMB_BYTES = 9_000;

/** @param {HTMLElement} root */
export async function show(root) {
  const { areas: heldAreas, readiness } = await pack.held();
  const selected = new Map(heldAreas.map((area) => [area.code, area]));
  const state = el(
    "div",
    { class: "panel padded", id: "readiness", role: "status" },
    ...readinessParts(heldAreas, readiness),
  );
  const list = el("div", { id: "areas" });
  let withBasemap = await basemap.isWanted();
  /** What is to be fetched of the base map; null when the areas are too large. @type {string[]|null} */
  let tiles = [];
  const foot = el("div", { class: "area-foot" });
  root.replaceChildren(
    pageHead(gettext("Download my area"), router.back),
    el("div", { class: "page-scroll" }, state, list),
    foot,
  );
  let offered;
  try {
    list.replaceChildren(el("p", { class: "hint area-wait" }, gettext("Asking the server what there is …")));
    offered = await pack.available();
  } catch (error) {
    list.replaceChildren(el("p", { class: "problem area-wait", role: "alert" }, error.message));
    return;
  }
  const streets = offered.filter((area) => area.level === "street");
  const communitiesOf = (street) => offered.filter((area) => area.parent === street.code);
  const opened = new Set(heldAreas.map((area) => area.code.slice(0, 9)));

  const draw = () => {
    list.replaceChildren(
      el("h3", { class: "panel-title" }, gettext("Streets and communities")),
      el(
        "ul",
        { class: "panel" },
        ...streets.map((street) =>
          el(
            "li",
            {},
            areaRow(street, communitiesOf(street).length),
            opened.has(street.code) &&
              !selected.has(street.code) &&
              el("div", { class: "communities" }, ...communitiesOf(street).map((community) => areaRow(community, 0))),
          ),
        ),
      ),
    );
    drawFoot();
  };
  const areaRow = (area, below) =>
    el(
      "div",
      { class: "area-row", "data-area": area.code },
      switchRow(
        area.name,
        say(gettext("%(n)s assets · %(size)s"), { n: number(area.assets), size: size(area.bytes) }),
        selected.has(area.code),
        (on) => choose(area, on),
      ),
      below > 0 &&
        !selected.has(area.code) &&
        el(
          "button",
          {
            class: "icon-button",
            "aria-expanded": String(opened.has(area.code)),
            "aria-label": say(gettext("Communities of %(name)s"), { name: area.name }),
            onclick: () => {
              if (!opened.delete(area.code)) opened.add(area.code);
              draw();
            },
          },
          icon("next"),
        ),
    );
  const choose = (area, on) => {
    if (on) {
      for (const code of [...selected.keys()]) if (code.startsWith(area.code)) selected.delete(code);
      selected.set(area.code, chosenArea(area));
    } else selected.delete(area.code);
    draw();
  };
  const chooseBasemap = async (on) => {
    withBasemap = on;
    await basemap.want(on);
    await drawFoot();
  };
  const rowsChosen = () => offered.filter((area) => selected.has(area.code));
  const total = () => {
    const rows = rowsChosen();
    return {
      assets: rows.reduce((sum, area) => sum + area.assets, 0),
      bytes: rows.reduce((sum, area) => sum + area.bytes, 0),
      photos: rows.reduce((sum, area) => sum + (area.photos ?? 0), 0),
    };
  };
  let footTurn = 0;
  const drawFoot = async () => {
    const turn = ++footTurn;
    const over = basemap.mayKeep ? basemap.tilesOver(rowsChosen()) : [];
    tiles = over?.length ? await basemap.missingOf(over) : over;
    const room = await store.room();
    if (turn !== footTurn) return;
    const { assets, bytes, photos } = total();
    const all = bytes + photos * THUMB_BYTES + (withBasemap && tiles ? tiles.length * basemap.tileBytes : 0);
    const left = room?.allowed ? room.allowed - room.used : Infinity;
    foot.replaceChildren(
      basemap.mayKeep && selected.size ? basemapRow(over, tiles, withBasemap, chooseBasemap) : "",
      el(
        "p",
        { class: "hint", id: "total" },
        selected.size
          ? say(gettext("%(n)s assets, about %(size)s"), { n: number(assets), size: size(all) })
          : gettext("Choose at least one."),
      ),
      all > left
        ? el(
            "p",
            { class: "hint far" },
            say(gettext("The phone has room for %(size)s only. Make room, or choose less."), { size: size(left) }),
          )
        : "",
      el(
        "button",
        { class: "button primary wide", id: "download", disabled: !selected.size, onclick: fetchAll },
        icon("download"),
        gettext("Download"),
      ),
    );
  };
  const fetchAll = async () => {
    footTurn += 1;
    const fill = el("i");
    const words = el("p", { role: "status" });
    foot.replaceChildren(
      words,
      el("div", { class: "meter", role: "progressbar", "aria-label": gettext("Download") }, fill),
    );
    list.inert = true;
    try {
      await store.askToKeep();
      const areas = rowsChosen().map(chosenArea);
      const result = await pack.download(areas, total().bytes, (share, text) => {
        fill.style.width = `${Math.round(share * 100)}%`;
        words.textContent = say(gettext("%(what)s · %(share)s%"), { what: text, share: Math.round(share * 100) });
      });
      state.replaceChildren(...readinessParts(areas, result));
      state.scrollIntoView({ block: "start" });
      if (result.basemap?.problem) toast(result.basemap.problem, "bad");
    } catch (error) {
      toast(error.message, "bad");
      const now = await pack.held();
      state.replaceChildren(...readinessParts(now.areas, now.readiness));
    }
    list.inert = false;
    await drawFoot();
  };
  draw();
}

/** What the phone remembers of an area. */
const chosenArea = ({ code, name, level, bbox }) => ({ code, name, level, bbox });

/** Whether the base map comes along, and what that costs. */
function basemapRow(over, missing, on, changed) {
  if (!over) {
    return el(
      "p",
      { class: "hint far", id: "basemap" },
      gettext(
        "The base map of so large an area does not fit on a phone: it is left out. Choose fewer streets to have it.",
      ),
    );
  }
  const words = missing.length
    ? say(ngettext("%(n)s picture, about %(size)s", "%(n)s pictures, about %(size)s", missing.length), {
        n: number(missing.length),
        size: size(missing.length * basemap.tileBytes),
      })
    : gettext("on the phone already");
  const row = switchRow(gettext("Base map too"), words, on, changed);
  row.id = "basemap";
  return row;
}

const lacksBasemap = ({ basemap: kept }) => Boolean(kept && (kept.problem || kept.has < kept.wanted));

const readyWords = (readiness) =>
  lacksBasemap(readiness) ? gettext("Ready for offline, the base map not complete") : gettext("Ready for offline");

function basemapWords({ basemap: kept }) {
  if (!kept) return null;
  if (!kept.wanted) return say(gettext("Base map: none. %(problem)s"), { problem: kept.problem });
  const counts = { has: number(kept.has), wanted: number(kept.wanted), problem: kept.problem ?? "" };
  return kept.has < kept.wanted
    ? say(gettext("Base map: %(has)s of %(wanted)s pictures. %(problem)s Download again to fetch the rest."), counts)
    : say(gettext("Base map: complete, %(has)s pictures"), counts);
}

function readinessParts(areas, readiness) {
  if (!areas.length) {
    return [el("p", {}, gettext("Nothing is on this phone yet. Choose your streets or communities below."))];
  }
  const names = areas.map((area) => area.name).join("、");
  if (!readiness) {
    return [
      el("p", { class: "readiness not" }, icon("alert"), el("b", {}, gettext("Not complete"))),
      el("p", { class: "hint" }, say(gettext("%(areas)s: download again."), { areas: names })),
    ];
  }
  return [
    el("p", { class: "readiness" }, icon("check"), el("b", {}, readyWords(readiness))),
    el("p", {}, names),
    el(
      "p",
      { class: "hint" },
      say(gettext("%(assets)s assets · %(jobs)s jobs · %(thumbs)s photos · as of %(time)s"), {
        assets: number(readiness.assets),
        jobs: number(readiness.jobs),
        thumbs: number(readiness.thumbs),
        time: clock(readiness.at),
      }),
    ),
    el(
      "p",
      { class: `hint ${lacksBasemap(readiness) ? "far" : ""}`, id: "basemap-state", hidden: !readiness.basemap },
      basemapWords(readiness),
    ),
  ];
}
