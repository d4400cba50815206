/** The search box: a combobox whose list the server fills with assets, roads, streets, communities and places. */
import { config } from "web/config";
import { byId, el, icon } from "web/dom";
import { address } from "mapping/filters";
import { getJson } from "web/server";

const DELAY = 180;
const LIMIT = 10;
const ICONS = { asset: "pin", road: "road", street: "area", community: "area", site: "pin" };
const KINDS = {
  asset: gettext("Asset"),
  road: gettext("Road"),
  street: gettext("Street"),
  community: gettext("Community"),
  site: gettext("Place"),
};

const form = byId("search");
const input = byId("search-input", HTMLInputElement);
const list = byId("search-list");

/** @type {{row: any, node: HTMLElement}[]} */
let options = [];
let active = -1;
/** @type {AbortController|null} */
let asking = null;
let timer = 0;

/**
 * @param {{choose: (result: any) => void, text: (words: string) => void}} listeners
 *   choose: a suggestion was taken; text: the words themselves are to be searched for
 */
export function connectSearch(listeners) {
  const take = (option) => {
    if (option.row) {
      input.value = option.row.title;
      listeners.choose(option.row);
    } else listeners.text(input.value.trim());
    close();
    input.blur();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim()) timer = setTimeout(() => suggest(take), DELAY);
    else close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (list.hidden) input.blur();
      close();
      event.stopPropagation();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) suggest(take);
      else activate(active + (event.key === "ArrowDown" ? 1 : -1));
    }
  });
  input.addEventListener("focus", () => input.value.trim() && suggest(take));
  input.addEventListener("blur", close);
  // What was typed before this module had arrived.
  if (document.activeElement === input && input.value.trim()) suggest(take);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (active >= 0) take(options[active]);
    else {
      listeners.text(input.value.trim());
      close();
      input.blur();
    }
  });
}

/** Shows the words that are being searched for, after "back" or a cleared chip. */
export function showWords(words) {
  if (document.activeElement !== input) input.value = words;
}

export const focusSearch = () => input.focus();

async function suggest(take) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const words = input.value.trim();
  try {
    const { results } = await getJson(address(config.urls.search, "", { q: words, limit: LIMIT }), signal);
    if (document.activeElement === input) show(words, results, take);
  } catch (error) {
    if (error.name !== "AbortError") say(error.message);
  }
}

function show(words, results, take) {
  const all = interpolate(gettext("Everything that mentions “%(words)s”"), { words }, true);
  options = [...results, null].map((row, index) => {
    const node = el(
      "li",
      {
        id: `search-option-${index}`,
        class: "suggestion",
        role: "option",
        "aria-selected": "false",
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => take(options[index]),
      },
      icon(row ? ICONS[row.kind] : "search"),
      el(
        "span",
        { class: "suggestion-text" },
        el("b", {}, ...(row ? marked(row.title, words) : [all])),
        row?.subtitle && el("small", {}, row.subtitle),
      ),
      row && el("span", { class: "suggestion-kind" }, KINDS[row.kind]),
    );
    return { row, node };
  });
  list.replaceChildren(...options.map((option) => option.node));
  open();
}

function say(words) {
  options = [];
  list.replaceChildren(
    el("li", { class: "suggestions-empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, words),
  );
  open();
}

/** The title with the searched words marked in it. */
function marked(title, words) {
  const at = title.toLowerCase().indexOf(words.toLowerCase());
  if (at < 0) return [title];
  return [title.slice(0, at), el("mark", {}, title.slice(at, at + words.length)), title.slice(at + words.length)];
}

function open() {
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  activate(-1);
}

function close() {
  clearTimeout(timer);
  asking?.abort();
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
  active = -1;
}

function activate(index) {
  active = options.length ? ((index + 1 + options.length + 1) % (options.length + 1)) - 1 : -1;
  for (const [at, { node }] of options.entries()) node.setAttribute("aria-selected", String(at === active));
  if (active < 0) input.removeAttribute("aria-activedescendant");
  else {
    input.setAttribute("aria-activedescendant", options[active].node.id);
    options[active].node.scrollIntoView({ block: "nearest" });
  }
}
