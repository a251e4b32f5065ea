import { t } from "../i18n";

/** What AWS, and so the server, forbids in the names of machines and executions. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

export function nameProblem(name: string): string | null {
  if (name.length > 80) return t("At most 80 characters");
  if (/\s/.test(name)) return t("No blanks: use - or _ between words");
  const bad = FORBIDDEN.exec(name)?.[0];
  return bad === undefined ? null : t("A name cannot have {bad} in it", { bad });
}

/** The nearest name that is allowed. */
export function toName(text: string): string {
  return text.trim().replace(new RegExp(FORBIDDEN, "g"), "-").replace(/-+/g, "-").slice(0, 80);
}
