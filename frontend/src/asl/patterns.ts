import { type Message, t } from "../i18n";
import type { Fragment } from "./fragments";
import type { Json, JsonObject } from "./model";

/** Ready-made blocks: a few states that belong together, to be put in whole and then filled. */
export interface Pattern {
  readonly id: string;
  readonly title: Message;
  readonly description: Message;
  readonly build: (words: Words) => Fragment;
}
interface Words {
  readonly jsonata: boolean;
  /** The ARN of the function that stands in for the user's own. */
  readonly work: string;
}

const ANY: Json = ["States.ALL"];
const RETRY: Json = [
  { ErrorEquals: ANY, IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2, JitterStrategy: "FULL" },
];

function task(words: Words, more: JsonObject): JsonObject {
  return { Type: "Task", Resource: words.work, ...more };
}

/** `$.a.b` in JSONPath, `{% $states.input.a.b %}` in JSONata. */
function equals(words: Words, path: string, value: string): JsonObject {
  return words.jsonata
    ? { Condition: `{% $states.input.${path} = "${value}" %}` }
    : { Variable: `$.${path}`, StringEquals: value };
}

function caught(words: Words, next: string): Json {
  return words.jsonata
    ? [{ ErrorEquals: ANY, Output: "{% $states.errorOutput %}", Next: next }]
    : [{ ErrorEquals: ANY, ResultPath: "$.error", Next: next }];
}

export const PATTERNS: readonly Pattern[] = [
  {
    id: "retry",
    title: "Retry with back-off",
    description: "Try again after longer and longer pauses, then go on to a failure of your own",
    build: (words) => ({
      start: "Work",
      states: {
        Work: task(words, { Retry: RETRY, Catch: caught(words, "Work failed"), End: true }),
        "Work failed": { Type: "Fail", Error: "WorkFailed", Cause: "It failed every time" },
      },
    }),
  },
  {
    id: "poll",
    title: "Poll until done",
    description: "Begin a job, look at it from time to time, go on when it is done",
    build: (words) => ({
      start: "Begin the job",
      states: {
        "Begin the job": task(words, { Next: "Wait a little" }),
        "Wait a little": { Type: "Wait", Seconds: 5, Next: "Look at the job" },
        "Look at the job": task(words, { Next: "Job done?" }),
        "Job done?": {
          Type: "Choice",
          Choices: [
            { ...equals(words, "status", "SUCCEEDED"), Next: "Job is done" },
            { ...equals(words, "status", "FAILED"), Next: "Job failed" },
          ],
          Default: "Wait a little",
        },
        "Job failed": { Type: "Fail", Error: "JobFailed", Cause: "The job ended as FAILED" },
        "Job is done": { Type: "Pass", End: true },
      },
    }),
  },
  {
    id: "fan",
    title: "Fan out, fan in",
    description: "Several tasks at once, then one that has all their results",
    build: (words) => ({
      start: "At once",
      states: {
        "At once": {
          Type: "Parallel",
          Branches: ["First part", "Second part", "Third part"].map((name) => ({
            StartAt: name,
            States: { [name]: task(words, { End: true }) },
          })),
          Next: "Gather",
        },
        Gather: words.jsonata
          ? ({ Type: "Pass", Output: { parts: "{% $states.input %}" }, End: true } as JsonObject)
          : { Type: "Pass", Parameters: { "parts.$": "$" }, End: true },
      },
    }),
  },
  {
    id: "saga",
    title: "Saga with compensation",
    description: "Two steps; when the second fails, the first is undone",
    build: (words) => ({
      start: "Reserve",
      states: {
        Reserve: task(words, { Catch: caught(words, "Nothing was done"), Next: "Charge" }),
        Charge: task(words, { Catch: caught(words, "Undo the reservation"), End: true }),
        "Undo the reservation": task(words, { Retry: RETRY, Next: "Nothing was done" }),
        "Nothing was done": {
          Type: "Fail",
          Error: "SagaFailed",
          Cause: "What had been done is undone",
        },
      },
    }),
  },
  {
    id: "approval",
    title: "Approval by a person",
    description: "Ask somebody by a callback token, wait a day at most, go on when it is approved",
    build: (words) => ({
      start: "Ask for approval",
      states: {
        "Ask for approval": {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
          ...(words.jsonata
            ? {
                Arguments: {
                  FunctionName: words.work,
                  Payload: {
                    token: "{% $states.context.Task.Token %}",
                    about: "{% $states.input %}",
                  },
                },
              }
            : {
                Parameters: {
                  FunctionName: words.work,
                  Payload: { "token.$": "$$.Task.Token", "about.$": "$" },
                },
              }),
          TimeoutSeconds: 86400,
          Catch: [{ ErrorEquals: ["States.Timeout"], Next: "Nobody answered" }],
          Next: "Approved?",
        },
        "Approved?": {
          Type: "Choice",
          Choices: [{ ...equals(words, "decision", "approved"), Next: "Approved" }],
          Default: "Refused",
        },
        Approved: { Type: "Pass", End: true },
        Refused: { Type: "Fail", Error: "Refused", Cause: "It was not approved" },
        "Nobody answered": { Type: "Fail", Error: "NoAnswer", Cause: "Nobody answered in a day" },
      },
    }),
  },
  {
    id: "rows",
    title: "Process the rows of a file",
    description: "A Distributed Map over a CSV file: a child execution for every 100 rows",
    build: (words) => ({
      start: "For each row",
      states: {
        "For each row": {
          Type: "Map",
          ItemReader: {
            Resource: "arn:aws:states:::s3:getObject",
            ReaderConfig: { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" },
            ...(words.jsonata
              ? {
                  Arguments: {
                    Bucket: "{% $states.input.bucket %}",
                    Key: "{% $states.input.key %}",
                  },
                }
              : { Parameters: { "Bucket.$": "$.bucket", "Key.$": "$.key" } }),
          },
          ItemBatcher: { MaxItemsPerBatch: 100 },
          MaxConcurrency: 10,
          ToleratedFailurePercentage: 5,
          ItemProcessor: {
            ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
            StartAt: "Process the rows",
            States: { "Process the rows": task(words, { Retry: RETRY, End: true }) },
          },
          End: true,
        },
      },
    }),
  },
];

export function patternText(pattern: Pattern): { title: string; description: string } {
  return { title: t(pattern.title), description: t(pattern.description) };
}
