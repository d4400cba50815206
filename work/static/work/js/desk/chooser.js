/** Choosing one row of a long list by typing: a combobox whose key is sent and whose words are shown. */
import { el, element } from "web/dom";
import { getJson } from "web/server";

const PAUSE = 200;

/** @param {HTMLElement} chooser `.chooser`, with a hidden input for the key and a combobox */
export function connectChooser(chooser) {
  const key = element("input[type=hidden]", { within: chooser, kind: HTMLInputElement });
  const input = element("[role=combobox]", { within: chooser, kind: HTMLInputElement });
  const list = element(".chooser-list", { within: chooser, kind: HTMLElement });
  let chosenTitle = input.defaultValue;
  let rows = [];
  let at = -1;
  let timer = 0;
  /** @type {AbortController|null} */
  let asking = null;

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const choose = (row) => {
    key.value = row ? String(row.key) : "";
    chosenTitle = row ? row.title : "";
    input.value = chosenTitle;
    close();
    key.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const point = (to) => {
    at = (to + rows.length) % rows.length;
    for (const [place, option] of [...list.children].entries())
      option.setAttribute("aria-selected", String(place === at));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    list.replaceChildren(
      ...(rows.length
        ? rows.map((row, place) =>
            el(
              "li",
              {
                id: `${list.id}-${place}`,
                role: "option",
                "aria-selected": "false",
                // Before the input loses the focus, and with it the list.
                onpointerdown: (event) => {
                  event.preventDefault();
                  choose(row);
                },
              },
              el("b", {}, row.title),
              row.subtitle && el("small", {}, row.subtitle),
            ),
          )
        : [
            el(
              "li",
              { class: "nothing", role: "option", "aria-disabled": "true", "aria-selected": "false" },
              gettext("Nothing is called so."),
            ),
          ]),
    );
    list.hidden = false;
    at = -1;
    input.setAttribute("aria-expanded", "true");
    list.scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = `${chooser.dataset.chooser}?q=${encodeURIComponent(input.value.trim())}`;
    try {
      const { results } = await getJson(address, signal);
      if (signal.aborted || document.activeElement !== input) return;
      rows = results;
      show();
    } catch {
      // Without suggestions nothing can be chosen; the value stays what it was.
    }
  };

  input.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else if (rows.length)
        point(at + (event.key === "ArrowDown" ? 1 : -1) + (at < 0 && event.key === "ArrowUp" ? 1 : 0));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (rows.length) choose(rows[Math.max(at, 0)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      input.value = chosenTitle;
      close();
    }
  });
  input.addEventListener("blur", () => {
    if (!input.value.trim()) choose(null);
    else if (input.value !== chosenTitle) {
      // Words that name nothing are no value.
      input.value = chosenTitle = key.value ? chosenTitle : "";
    }
    close();
  });
  // What was typed before this module had arrived.
  if (input.value !== input.defaultValue && document.activeElement === input) ask();
}
