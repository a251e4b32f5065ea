import { type Message, t } from "../i18n";
import { isStateType, type Json, type JsonObject, type StateType } from "./model";

/** The fields of the language: what each means in a sentence, and where it may stand. */
export type Language = "JSONPath" | "JSONata";
export interface Field {
  readonly name: string;
  readonly doc: Message;
  /** The query language that it belongs to; absent for both. */
  readonly language?: Language;
}
const f = (name: string, doc: Message, language?: Language): Field => ({
  name,
  doc,
  ...(language ? { language } : {}),
});

const TYPE = f("Type", "What the state does");
const COMMENT = f("Comment", "Words for people; they change nothing");
const QUERY = f("QueryLanguage", "The language of the expressions: JSONPath unless given");
const NEXT = f("Next", "The state that follows");
const END = f("End", "true: the machine, branch or iteration ends after this state");
const ASSIGN = f("Assign", "Variables that are set when the state is left");
const INPUT_PATH = f(
  "InputPath",
  "The part of the input that the state sees; null gives {}",
  "JSONPath",
);
const OUTPUT_PATH = f("OutputPath", "The part that is handed on; null gives {}", "JSONPath");
const PARAMETERS = f(
  "Parameters",
  "What is sent. A key that ends in .$ takes its value from a path",
  "JSONPath",
);
const RESULT_PATH = f(
  "ResultPath",
  "Where in the input the result is put; null throws it away",
  "JSONPath",
);
const SELECTOR = f(
  "ResultSelector",
  "What is picked from the result before ResultPath puts it",
  "JSONPath",
);
const ARGUMENTS = f("Arguments", "What is sent; strings in {% %} are evaluated", "JSONata");
const OUTPUT = f(
  "Output",
  "What is handed on in place of the result; strings in {% %} are evaluated",
  "JSONata",
);
const RETRY = f("Retry", "Which errors are tried again, how often and after how long");
const CATCH = f("Catch", "Where to go on when an error is left over");
const LEAD = [TYPE, COMMENT, QUERY];
const ONWARD = [NEXT, END];

export const TOP_FIELDS: readonly Field[] = [
  f("StartAt", "The state that is entered first"),
  f("States", "The states by name; a name occurs once in the whole machine"),
  QUERY,
  COMMENT,
  f("Version", "The version of the language: 1.0"),
  f("TimeoutSeconds", "Seconds after which a whole execution ends as timed out"),
];
export const SCOPE_FIELDS: readonly Field[] = [
  f("StartAt", "The state that is entered first"),
  f("States", "The states by name; a name occurs once in the whole machine"),
  f("ProcessorConfig", "How the iterations run: in this execution, or as child executions"),
];

const OWN: Record<StateType, readonly Field[]> = {
  Task: [
    f("Resource", "What is called: the ARN of a function, an activity or a service"),
    ARGUMENTS,
    f("TimeoutSeconds", "Seconds that one attempt may take"),
    f("TimeoutSecondsPath", "Where in the input the limit of an attempt stands", "JSONPath"),
    f("HeartbeatSeconds", "Seconds within which the task must say that it lives"),
    f("HeartbeatSecondsPath", "Where in the input the limit between heartbeats stands", "JSONPath"),
    f("Credentials", "The role that is taken on for the call: RoleArn"),
  ],
  Pass: [f("Result", "What comes out, as it is written; left out, the input does", "JSONPath")],
  Wait: [
    f("Seconds", "How many seconds it waits"),
    f("SecondsPath", "Where in the input the seconds stand", "JSONPath"),
    f("Timestamp", "Until when it waits: 2030-01-31T12:00:00Z"),
    f("TimestampPath", "Where in the input the time stands", "JSONPath"),
  ],
  Choice: [
    f("Choices", "Rules in order; the first that holds is followed"),
    f("Default", "Where to go when no rule holds; without it the execution fails"),
  ],
  Succeed: [],
  Fail: [
    f("Error", "The name of the error"),
    f("Cause", "The reason, for people"),
    f("ErrorPath", "Where in the input the name of the error stands", "JSONPath"),
    f("CausePath", "Where in the input the reason stands", "JSONPath"),
  ],
  Parallel: [f("Branches", "Machines that run at once; the result is a list of theirs"), ARGUMENTS],
  Map: [
    f("ItemsPath", "Where in the input the list stands", "JSONPath"),
    f("Items", "The list, or an expression that gives it", "JSONata"),
    f("ItemSelector", "What an iteration gets in place of its item"),
    f("ItemProcessor", "The machine that runs once for each item"),
    f("Iterator", "An older name of ItemProcessor"),
    f("MaxConcurrency", "How many iterations run at once; 0 is as many as there are"),
    f("MaxConcurrencyPath", "Where in the input that number stands", "JSONPath"),
    f("ItemReader", "Where the items are read from, when they are not in the input"),
    f("ItemBatcher", "Several items for one child execution"),
    f("ResultWriter", "Where and how the results are written"),
    f("ToleratedFailurePercentage", "How many percent of the items may fail"),
    f("ToleratedFailurePercentagePath", "Where in the input that percentage stands", "JSONPath"),
    f("ToleratedFailureCount", "How many items may fail"),
    f("ToleratedFailureCountPath", "Where in the input that count stands", "JSONPath"),
    f("Label", "A short name of the Map Run: up to 40 characters, once in the machine"),
  ],
};
const WORK = [
  INPUT_PATH,
  PARAMETERS,
  SELECTOR,
  RESULT_PATH,
  OUTPUT_PATH,
  OUTPUT,
  ASSIGN,
  RETRY,
  CATCH,
];
const REST: Record<StateType, readonly Field[]> = {
  Task: [...WORK, ...ONWARD],
  Parallel: [...WORK, ...ONWARD],
  Map: [...WORK, ...ONWARD],
  Pass: [INPUT_PATH, PARAMETERS, RESULT_PATH, OUTPUT_PATH, OUTPUT, ASSIGN, ...ONWARD],
  Wait: [INPUT_PATH, OUTPUT_PATH, OUTPUT, ASSIGN, ...ONWARD],
  Choice: [INPUT_PATH, OUTPUT_PATH, OUTPUT, ASSIGN],
  Succeed: [INPUT_PATH, OUTPUT_PATH, OUTPUT],
  Fail: [],
};

const TOP_ORDER = ["Comment", "QueryLanguage", "Version", "StartAt", "TimeoutSeconds", "States"];

/**
 * Put a new field where people write it: what a state is first, where it leads last. Known fields that stand
 * otherwise stay where they are.
 */
export function addField(owner: JsonObject, name: string, value: Json): void {
  const order = isStateType(owner.Type)
    ? fieldsOf(owner.Type).map((field) => field.name)
    : Object.hasOwn(owner, "States")
      ? TOP_ORDER
      : [];
  const rank = order.indexOf(name);
  const entries = Object.entries(owner);
  const after = entries.findIndex(([other]) => rank >= 0 && order.indexOf(other) > rank);
  if (after < 0) {
    owner[name] = value;
    return;
  }
  entries.splice(after, 0, [name, value]);
  for (const [key] of entries) delete owner[key];
  for (const [key, held] of entries) owner[key] = held;
}

export function fieldsOf(type: StateType): readonly Field[] {
  return [...LEAD, ...OWN[type], ...REST[type]];
}

/** Fields inside a field, by the name of the field or of the list that they stand in. */
export const INNER: Record<string, readonly Field[]> = {
  Retry: [
    f("ErrorEquals", "The names of the errors; States.ALL is any, alone and in the last rule"),
    f("IntervalSeconds", "Seconds before the first repetition; 1 unless given"),
    f("MaxAttempts", "How often it is repeated at most; 3 unless given, 0 is never"),
    f("BackoffRate", "Each pause is so many times the one before; 2 unless given"),
    f("MaxDelaySeconds", "No pause is longer than this"),
    f("JitterStrategy", "FULL: each pause is a random part of itself"),
    COMMENT,
  ],
  Catch: [
    f("ErrorEquals", "The names of the errors; States.ALL is any, alone and in the last rule"),
    NEXT,
    f("ResultPath", "Where in the input the error is put", "JSONPath"),
    f("Output", "What the next state gets; without it, the error", "JSONata"),
    ASSIGN,
    COMMENT,
  ],
  Choices: [
    f("Condition", "An expression that is true or false", "JSONata"),
    f("Variable", "The path of the value that is tested", "JSONPath"),
    f("And", "Tests that must all hold", "JSONPath"),
    f("Or", "Tests of which one must hold", "JSONPath"),
    f("Not", "A test that must not hold", "JSONPath"),
    NEXT,
    ASSIGN,
    f("Output", "What is handed on when this rule is followed", "JSONata"),
    COMMENT,
  ],
  ProcessorConfig: [
    f("Mode", "INLINE: in this execution. DISTRIBUTED: as child executions"),
    f("ExecutionType", "STANDARD or EXPRESS, of the child executions"),
  ],
  ItemReader: [
    f("Resource", "What is called: the ARN of a function, an activity or a service"),
    f("ReaderConfig", "What the file is, and how it is read"),
    PARAMETERS,
    ARGUMENTS,
  ],
  ReaderConfig: [
    f("InputType", "The format of the file: CSV, JSON, JSONL, PARQUET or MANIFEST"),
    f("CSVHeaderLocation", "FIRST_ROW, or GIVEN with CSVHeaders"),
    f("CSVHeaders", "The names of the columns"),
    f("CSVDelimiter", "COMMA, PIPE, SEMICOLON, SPACE or TAB"),
    f("ItemsPointer", "The JSON Pointer of the list in the file"),
    f("ManifestType", "S3_INVENTORY or ATHENA_DATA"),
    f("Transformation", "LOAD_AND_FLATTEN reads what the listed objects hold"),
    f("MaxItems", "No more items than this are read"),
    f("MaxItemsPath", "Where in the input that number stands", "JSONPath"),
  ],
  ItemBatcher: [
    f("MaxItemsPerBatch", "How many items a batch has at most"),
    f("MaxItemsPerBatchPath", "Where in the input that number stands", "JSONPath"),
    f("MaxInputBytesPerBatch", "How many bytes a batch has at most, up to 262144"),
    f("MaxInputBytesPerBatchPath", "Where in the input that number stands", "JSONPath"),
    f("BatchInput", "What each batch gets along with its items"),
  ],
  ResultWriter: [
    f("Resource", "What is called: the ARN of a function, an activity or a service"),
    f("WriterConfig", "What is written, and how"),
    PARAMETERS,
    ARGUMENTS,
  ],
  WriterConfig: [
    f("Transformation", "NONE, COMPACT (outputs only) or FLATTEN (outputs in one list)"),
    f("OutputType", "JSON or JSONL"),
  ],
  Credentials: [f("RoleArn", "The ARN of the role")],
};

/** The sentence about a field; `place` is the state's type or the field around it, where names mean several things. */
export function docOf(name: string, place?: string): string {
  const here = place ? [INNER[place] ?? [], OWN[place as StateType] ?? []] : [];
  const states = [...Object.values(OWN), WORK, ONWARD, LEAD];
  const all = [...here, ...states, TOP_FIELDS, SCOPE_FIELDS, ...Object.values(INNER)];
  const found = all.flat().find((field) => field.name === name);
  return found ? t(found.doc) : "";
}

/** The same state as another type: what the new type knows is kept in its place, what it must have is added. */
export function asType(state: JsonObject, type: StateType, fresh: JsonObject): JsonObject {
  const known = new Set(fieldsOf(type).map((field) => field.name));
  const kept = Object.entries(state).filter(([name]) => known.has(name) && name !== "Type");
  const result: JsonObject = { Type: type, ...Object.fromEntries(kept) };
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(result, name));
  for (const [name, value] of Object.entries(fresh)) {
    const others = OWN.Wait.some((field) => field.name === name)
      ? OWN.Wait.map((field) => field.name)
      : [name];
    if (!has(others)) result[name] = value;
  }
  const onward = REST[type].includes(NEXT);
  const next = state.Next ?? state.Default;
  if (onward && !has(["Next", "End"])) {
    if (typeof next === "string") result.Next = next;
    else result.End = true;
  }
  if (type === "Choice" && typeof next === "string" && !has(["Default"])) result.Default = next;
  return result;
}

/** One key in the place of another, so that the text changes in one line. */
export function swapKey(
  object: JsonObject,
  from: string,
  to: string,
  value: JsonObject[string],
): JsonObject {
  const entries = Object.entries(object).filter(([key]) => key === from || key !== to);
  if (!Object.hasOwn(object, from)) return { ...object, [to]: value };
  return Object.fromEntries(entries.map(([key, old]) => (key === from ? [to, value] : [key, old])));
}
