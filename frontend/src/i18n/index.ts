import { ko } from "./ko";

/**
 * The interface's words. A message is known by its English text, so that code reads as the page does; the
 * Korean catalogue is keyed by the same texts and gives them their type: a message that has no translation
 * does not compile. The language is settled before anything is drawn, so constants of modules may call `t`.
 */
export type Message = keyof typeof ko;
export type Language = "en" | "ko";
export type Values = Readonly<Record<string, string | number | boolean | null | undefined>>;

export const LANGUAGES: readonly { readonly id: Language; readonly name: string }[] = [
  { id: "en", name: "English" },
  { id: "ko", name: "한국어" },
];
const KEY = "treadle:language";
const CHOSEN = "treadle:language:chosen";

export function isLanguage(tag: string): tag is Language {
  return LANGUAGES.some(({ id }) => id === tag);
}

function wished(): Language {
  // The pure parts that speak are tested without a browser.
  if (typeof document === "undefined") return "en";
  const kept = localStorage.getItem(KEY);
  if (kept === "en" || kept === "ko") return kept;
  return navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en";
}

export const language: Language = wished();

/** Another language from now on: the page is loaded again with it. */
export function chooseLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  sessionStorage.setItem(CHOSEN, next);
  location.reload();
}

/** Whether this page was loaded for another language: the focus belongs where it was chosen. Answers true once. */
export function wasJustChosen(): boolean {
  const chosen = sessionStorage.getItem(CHOSEN) !== null;
  sessionStorage.removeItem(CHOSEN);
  return chosen;
}

/** The message in the user's language, with `{name}` replaced by the value of that name. */
export function t(message: Message, values?: Values): string {
  return fill(language === "ko" ? ko[message] : message, values);
}

/** `one` for exactly one, else `many`; both may hold `{n}`. */
export function count(n: number, one: Message, many: Message, values?: Values): string {
  return t(n === 1 ? one : many, { ...values, n });
}

export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
