import type { Mark } from "../asl/compare";
import { t } from "../i18n";

export const MARK_WORDS: Record<Mark, string> = {
  added: t("new"),
  removed: t("gone"),
  changed: t("changed"),
  moved: t("moved"),
  renamed: t("renamed"),
};
