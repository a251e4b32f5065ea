import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { create } from "zustand";

const KEY = "treadle:theme";
const wish = matchMedia("(prefers-color-scheme: dark)");

function initial(): "light" | "dark" {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : wish.matches ? "dark" : "light";
}

export const useTheme = create<{ theme: "light" | "dark" }>(() => ({ theme: initial() }));

function apply(theme: "light" | "dark"): void {
  applyMode(theme === "dark" ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = theme;
}

export function startTheme(): void {
  apply(useTheme.getState().theme);
  useTheme.subscribe(({ theme }) => apply(theme));
  wish.addEventListener("change", () => {
    if (localStorage.getItem(KEY) === null)
      useTheme.setState({ theme: wish.matches ? "dark" : "light" });
  });
}

export function toggleTheme(): void {
  const theme = useTheme.getState().theme === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, theme);
  useTheme.setState({ theme });
}
