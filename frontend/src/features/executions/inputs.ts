/** Inputs that runs of a machine began with, the latest first: kept in this browser. */
const key = (machine: string) => `treadle:inputs:${machine}`;
const MOST = 8;

export function earlierInputs(machine: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key(machine)) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function rememberInput(machine: string, input: string): void {
  const others = earlierInputs(machine).filter((one) => one !== input);
  localStorage.setItem(key(machine), JSON.stringify([input, ...others].slice(0, MOST)));
}

/** An input in one line, to be known again in a list. */
export function inputLabel(input: string): string {
  const line = input.replace(/\s+/g, " ").trim();
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}
