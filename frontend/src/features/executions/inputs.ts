import type { Sample } from "../../api/types";
import type { Parsed } from "../../asl/document";
import { isObject, type Json, type JsonObject, type Path } from "../../asl/model";
import { t } from "../../i18n";

/** The shape of earlier inputs: the part of JSON Schema that the server guesses. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
}
export interface Hint {
  readonly message: string;
  readonly from: number;
  readonly to: number;
  readonly severity: "warning";
}

/** The sample that a machine was made of: by its definition while that is unchanged, else by its name. */
export function sampleOf(
  samples: readonly Sample[],
  machine: { readonly name: string; readonly definition?: string | undefined },
): Sample | undefined {
  return (
    samples.find((sample) => sample.definition === machine.definition) ??
    samples.find((sample) => sample.name === machine.name || sample.title === machine.name)
  );
}

/** An input in one line, to be known again in a list. */
export function inputLabel(input: Json): string {
  const line = JSON.stringify(input);
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}

const kindOf = (value: Json): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
const kindsOf = (shape: Shape): readonly string[] =>
  shape.type === undefined ? [] : typeof shape.type === "string" ? [shape.type] : shape.type;

/** Where an input is not like those before it. Hints alone: a machine may be meant to take something new. */
export function hintsOf(parsed: Parsed, shape: Shape | null): Hint[] {
  const found: Hint[] = [];
  const add = (path: Path, message: string) => {
    const range = parsed.rangeOf(path) ?? { from: 0, to: parsed.text.length };
    found.push({ message, ...range, severity: "warning" });
  };
  const look = (value: Json, expected: Shape, path: Path): void => {
    const kinds = kindsOf(expected);
    if (kinds.length > 0 && !kinds.includes(kindOf(value))) {
      add(
        path,
        t("{field} was of type {types} in earlier runs", {
          field: path.at(-1) ?? t("The input"),
          types: kinds.join(", "),
        }),
      );
      return;
    }
    if (isObject(value) && expected.properties) {
      const missing = (expected.required ?? []).filter((name) => !Object.hasOwn(value, name));
      for (const name of missing)
        add(path, t("{field} was there in all earlier runs", { field: name }));
      for (const [name, inner] of Object.entries(value)) {
        const known = expected.properties[name];
        if (known) look(inner, known, [...path, name]);
        else add([...path, name], t("{field} was in no earlier run", { field: name }));
      }
    }
    if (Array.isArray(value) && expected.items) {
      const { items } = expected;
      value.forEach((one, index) => {
        look(one, items, [...path, index]);
      });
    }
  };
  if (shape !== null) look(parsed.value, shape, []);
  return found;
}

const BLANK: Readonly<Record<string, Json>> = { string: "", number: 0, boolean: false, null: null };

/** Every field that earlier inputs had, with nothing in it yet. */
export function skeletonOf(shape: Shape): Json {
  const kind = kindsOf(shape).find((one) => one !== "null") ?? "null";
  if (kind === "object") {
    const fields: JsonObject = {};
    for (const [name, inner] of Object.entries(shape.properties ?? {}))
      fields[name] = skeletonOf(inner);
    return fields;
  }
  if (kind === "array") return shape.items ? [skeletonOf(shape.items)] : [];
  return BLANK[kind] ?? null;
}
