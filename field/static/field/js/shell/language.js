/** Changing the language: the same cookie as on every other page, and it works without a network. */
import { el } from "web/dom";

const A_YEAR = 365 * 24 * 3600;

/** A button that is labelled in the other language and changes to it. */
export function languageButton(className = "button small") {
  const [code, words, lang] = document.documentElement.lang.startsWith("zh")
    ? ["en", "English", "en"]
    : ["zh-hans", "中文", "zh-Hans"];
  return el("button", { class: className, lang, id: "language", onclick: () => change(code) }, words);
}

function change(code) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `django_language=${code}; path=/; max-age=${A_YEAR}; SameSite=Lax${secure}`;
  location.reload();
}
