import { type Message, t } from "../i18n";
import type { Format } from "./document";
import { docOf, type Field, fieldsOf, INNER, SCOPE_FIELDS, TOP_FIELDS } from "./fields";
import { INTRINSICS, JSONATA } from "./functions";
import { locate } from "./location";
import { at, isObject, isStateType, type Json, type Path, STATE_TYPES } from "./model";
import { speaksJsonata } from "./surgery";

/** What may be written at a place of the text. */
export interface Suggestion {
  readonly label: string;
  readonly detail: string;
  readonly info: string;
  readonly kind: "field" | "value" | "state" | "function" | "variable" | "path";
  /** What is put in; quotation marks and colon included where they are missing. */
  readonly apply: string;
}
export interface World {
  /** The last text that was understood. */
  readonly root: Json | undefined;
  readonly resources: readonly { value: string; label: string; description: string }[];
  /** An input as the last run had it, for paths into it. */
  readonly sample: Json | undefined;
  /** What each state was given in the last run, and what its work came to. */
  readonly visits?: Readonly<Record<string, { readonly input?: Json; readonly result?: Json }>>;
}
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly options: readonly Suggestion[];
}

const WORDS: Record<string, readonly string[]> = {
  Type: STATE_TYPES,
  QueryLanguage: ["JSONPath", "JSONata"],
  Mode: ["INLINE", "DISTRIBUTED"],
  ExecutionType: ["STANDARD", "EXPRESS"],
  JitterStrategy: ["NONE", "FULL"],
  InputType: ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"],
  CSVHeaderLocation: ["FIRST_ROW", "GIVEN"],
  CSVDelimiter: ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"],
  ManifestType: ["S3_INVENTORY", "ATHENA_DATA"],
  OutputType: ["JSON", "JSONL"],
  Transformation: ["NONE", "COMPACT", "FLATTEN", "LOAD_AND_FLATTEN"],
};
/** The errors that the language knows; a function's own are typed in. */
export const ERROR_NAMES = [
  "States.ALL",
  "States.TaskFailed",
  "States.Timeout",
  "States.HeartbeatTimeout",
  "States.Permissions",
  "States.DataLimitExceeded",
  "States.ExceedToleratedFailureThreshold",
  "States.ItemReaderFailed",
  "States.ResultWriterFailed",
  "States.QueryEvaluationError",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
];

/** `under` is where the text stands in the definition, when it is a part of it. */
export function complete(
  text: string,
  format: Format,
  offset: number,
  world: World,
  under: Path = [],
): Completion | null {
  const place = locate(text, format, offset);
  const path = [...under, ...place.path];
  const options = place.atKey
    ? keys(path, world, format, place.quoted, text.slice(place.to))
    : values(path, place.written, world);
  if (options.length === 0) return null;
  const within = place.atKey ? null : expressionStart(place.written);
  if (within !== null) return { from: place.from + within, to: offset, options };
  const bare = format === "json" && !place.quoted && !place.atKey;
  return {
    from: place.from,
    to: place.atKey || place.quoted ? place.to : offset,
    options: bare ? options.map(inQuotes) : options,
  };
}

const LITERAL = /^(true|false|null|-?\d+(\.\d+)?)$/;

function inQuotes(option: Suggestion): Suggestion {
  return LITERAL.test(option.apply) ? option : { ...option, apply: JSON.stringify(option.apply) };
}

/** In an expression only its last word is replaced: a variable, a function, a path. */
function expressionStart(written: string): number | null {
  if (!/^\{%|^States\.|\(/.test(written)) return null;
  return /[\w$.]*$/.exec(written)?.index ?? written.length;
}

interface Around {
  readonly path: Path;
  readonly scope: Path;
  readonly value: Json | undefined;
  readonly dollar: (visit: Visit) => Json | undefined;
}

/** The state around a path, where it stands, and what `$` is there. */
function stateOf(path: Path, root: Json | undefined): Around | null {
  for (let end = path.length; end >= 2; end--) {
    if (path[end - 2] !== "States") continue;
    const here = path.slice(0, end);
    const value = at(root, here);
    const dollar = (visit: Visit) => dollarOf(path, end, value, visit);
    return { path: here, scope: path.slice(0, end - 2), value, dollar };
  }
  return null;
}

function fieldsAt(owner: Path, root: Json | undefined): readonly Field[] {
  const last = owner.at(-1);
  if (owner.length === 0) return TOP_FIELDS;
  if (owner.at(-2) === "States") {
    const value = at(root, owner);
    const type = isObject(value) ? value.Type : undefined;
    const jsonata = speaksJsonata(root, value);
    const fields = isStateType(type) ? fieldsOf(type) : fieldsOf("Task");
    return fields.filter((field) => !field.language || (field.language === "JSONata") === jsonata);
  }
  if (typeof last === "number") {
    const list = String(owner.at(-2));
    return list === "Branches" ? SCOPE_FIELDS : (INNER[list] ?? []);
  }
  if (last === "ItemProcessor" || last === "Iterator") return SCOPE_FIELDS;
  return INNER[String(last)] ?? [];
}

function keys(
  path: Path,
  world: World,
  format: Format,
  quoted: boolean,
  after: string,
): Suggestion[] {
  const owner = path.slice(0, -1);
  const here = at(world.root, owner);
  const present = new Set(isObject(here) ? Object.keys(here) : []);
  const written = String(path.at(-1) ?? "");
  return fieldsAt(owner, world.root)
    .filter((field) => !present.has(field.name) || field.name === written)
    .map((field): Suggestion => {
      const colon = /^"?\s*:/.test(after) ? "" : ": ";
      const json = quoted ? `${field.name}${colon && '": '}` : `"${field.name}": `;
      const closes = quoted && after.startsWith('"') ? field.name : json;
      return {
        label: field.name,
        detail: field.language ?? "",
        info: t(field.doc),
        kind: "field",
        apply: format === "json" ? closes : `${field.name}${colon}`,
      };
    });
}

const plain = (label: string, kind: Suggestion["kind"], info = "", detail = ""): Suggestion => ({
  label,
  detail,
  info,
  kind,
  apply: label,
});

function values(path: Path, written: string, world: World): Suggestion[] {
  const key = path.findLast((step) => typeof step === "string") as string | undefined;
  if (key === undefined) return [];
  const words = WORDS[key];
  if (words) return words.map((word) => plain(word, "value"));
  if (key === "End") return [plain("true", "value")];
  if (key === "ErrorEquals") return ERROR_NAMES.map((name) => plain(name, "value"));
  if (key === "Resource")
    return world.resources.map(
      (one): Suggestion => ({ ...plain(one.label, "function", one.description), apply: one.value }),
    );
  const around = stateOf(path, world.root);
  if (key === "Next" || key === "Default" || key === "StartAt") {
    const scope = key === "StartAt" ? path.slice(0, -1) : (around?.scope ?? []);
    const states = at(world.root, [...scope, "States"]);
    return Object.keys(isObject(states) ? states : {}).map((name) => plain(name, "state"));
  }
  return expressions(key, written, world, around);
}

const WORKING = new Set<unknown>(["Task", "Map", "Parallel"]);

/** What `$` is in a field of JSONPath: the result of the work in some, the input of the state in the others. */
function dollarOf(
  path: Path,
  end: number,
  state: Json | undefined,
  visit: Visit,
): Json | undefined {
  const field = path[end];
  const works = isObject(state) && WORKING.has(state.Type);
  const ofResult = field === "ResultSelector" || (field === "Assign" && works);
  return ofResult ? visit.result : visit.input;
}

interface Visit {
  readonly input?: Json;
  readonly result?: Json;
}

function expressions(
  key: string,
  written: string,
  world: World,
  around: Around | null,
): Suggestion[] {
  const state = around?.value;
  const name = around?.path.at(-1);
  const visit: Visit = world.visits?.[String(name)] ?? { input: world.sample as Json };
  const variables = variablesOf(world.root).map((name) => plain(`$${name}`, "variable"));
  if (written.startsWith("{%")) {
    return [
      ...["$states.input", "$states.result", "$states.errorOutput", "$states.context"].map((name) =>
        plain(name, "variable", t(STATES_DOCS[name] ?? "The data of the state")),
      ),
      ...pathsOf(visit.input, "$states.input").map((one) => plain(one, "path")),
      ...pathsOf(visit.result, "$states.result").map((one) => plain(one, "path")),
      ...variables,
      ...JSONATA.map((f) => plain(`$${f.name}`, "function", t(f.doc), f.takes)),
    ];
  }
  const template = key.endsWith(".$") || /Path$|^Variable$/.test(key);
  if (!template || speaksJsonata(world.root, state)) return [];
  return [
    plain("$", "path", t("The whole of the data")),
    ...pathsOf(around?.dollar(visit), "$").map((one) => plain(one, "path")),
    ...CONTEXT.map((name) => plain(`$$.${name}`, "path")),
    ...variables,
    ...INTRINSICS.map((f) => plain(`States.${f.name}`, "function", t(f.doc), f.takes)),
  ];
}

const STATES_DOCS: Record<string, Message> = {
  "$states.input": "The input of the state",
  "$states.result": "What the work came to: in Output and Assign of a Task, Parallel or Map",
  "$states.errorOutput": "The error, in a Catch",
  "$states.context": "The execution, the state, the item of a Map",
};
const CONTEXT = [
  "Execution.Id",
  "Execution.Name",
  "Execution.Input",
  "Execution.StartTime",
  "State.Name",
  "State.EnteredTime",
  "State.RetryCount",
  "StateMachine.Name",
  "Task.Token",
  "Map.Item.Index",
  "Map.Item.Value",
];

/** Every variable that is assigned anywhere in the machine. */
export function variablesOf(root: Json | undefined): string[] {
  const found = new Set<string>();
  const look = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const one of value) look(one);
    else if (isObject(value)) {
      for (const [key, one] of Object.entries(value)) {
        if (key === "Assign" && isObject(one))
          for (const name of Object.keys(one)) found.add(name.replace(/\.\$$/, ""));
        look(one);
      }
    }
  };
  look(root);
  return [...found];
}

const MOST_PATHS = 60;

/** Paths into a value, the shallow ones first: keys of objects, and the first item of lists. */
export function pathsOf(value: Json | undefined, prefix: string): string[] {
  const found: string[] = [];
  let level: [string, Json][] = value === undefined ? [] : [[prefix, value]];
  while (level.length > 0 && found.length < MOST_PATHS) {
    const next: [string, Json][] = [];
    for (const [path, held] of level) {
      const inner: [string, Json][] = Array.isArray(held)
        ? held.slice(0, 1).map((one) => [`${path}[0]`, one])
        : isObject(held)
          ? Object.entries(held)
              .filter(([key]) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(key))
              .map(([key, one]) => [`${path}.${key}`, one])
          : [];
      for (const [one] of inner) found.push(one);
      next.push(...inner);
    }
    level = next;
  }
  return found.slice(0, MOST_PATHS);
}

/** What a word under the pointer means: a field's sentence, or a function's. */
export function explain(
  text: string,
  format: Format,
  offset: number,
): { from: number; to: number; title: string; text: string } | null {
  let from = offset;
  let to = offset;
  while (from > 0 && /[\w$.]/.test(text[from - 1] ?? "")) from--;
  while (to < text.length && /[\w$.]/.test(text[to] ?? "")) to++;
  const word = text.slice(from, to).replace(/\.$/, "");
  if (word === "") return null;
  const intrinsic = INTRINSICS.find((f) => `States.${f.name}` === word);
  if (intrinsic) return { from, to, title: `${word}(${intrinsic.takes})`, text: t(intrinsic.doc) };
  const jsonata = JSONATA.find((f) => `$${f.name}` === word);
  if (jsonata) return { from, to, title: `${word}(${jsonata.takes})`, text: t(jsonata.doc) };
  const place = locate(text, format, to);
  const parent = place.path.slice(0, -1).findLast((step) => typeof step === "string");
  const doc = docOf(word.replace(/\.\$$/, ""), parent as string | undefined);
  return doc === "" ? null : { from, to, title: word, text: doc };
}
