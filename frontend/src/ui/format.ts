import { language, t } from "../i18n";

const dateTime = new Intl.DateTimeFormat(language === "ko" ? "ko" : undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function when(time: string | null | undefined): string {
  return time ? dateTime.format(new Date(time)) : "–";
}

export function ago(time: string | null | undefined, now = Date.now()): string {
  if (!time) return t("never");
  const seconds = (new Date(time).getTime() - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? t("just now") : relative.format(Math.round(seconds), "second");
}

export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60)
    return t("{minutes} min {seconds} s", { minutes, seconds: Math.round((ms % 60_000) / 1000) });
  return t("{hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

export function between(from: string | null, to: string | null, now = Date.now()): string {
  if (!from) return "–";
  return duration((to ? new Date(to).getTime() : now) - new Date(from).getTime());
}
