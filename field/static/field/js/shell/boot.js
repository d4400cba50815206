/**
 * First of all: which language, then its words, then the page.
 *
 * The shell is one document for everybody, so that one copy in the cache serves every reader without a network. The
 * language is the reader's own choice, in the same cookie as on every other page; without one it is Chinese.
 */

const LANGUAGES = { "zh-hans": "zh-Hans", en: "en" };

const cookieLanguage = document.cookie.match(/(?:^|;\s*)django_language=([^;]+)/)?.[1];
const language = cookieLanguage !== undefined && cookieLanguage in LANGUAGES ? cookieLanguage : "zh-hans";
document.documentElement.lang = LANGUAGES[language];

const words = document.createElement("script");
words.src = `/field/words/${language}.js`;
// A part that is missing leaves the page unopened: said on the splash, which is all there is by then.
const failed = () => document.getElementById("splash")?.classList.add("failed");
words.addEventListener("load", () => import("field/shell/app").catch(failed));
words.addEventListener("error", failed);
document.head.append(words);
