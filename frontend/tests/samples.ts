import type { Json, JsonObject } from "../src/asl/model";

export const POLLER: Json = {
  Comment: "Polls a job until it is done",
  StartAt: "Submit Job",
  States: {
    "Submit Job": {
      Type: "Task",
      Resource: "arn:aws:lambda:us-east-1:000000000000:function:SubmitJob",
      ResultPath: "$.guid",
      Next: "Wait X Seconds",
    },
    "Wait X Seconds": { Type: "Wait", SecondsPath: "$.wait_time", Next: "Get Job Status" },
    "Get Job Status": {
      Type: "Task",
      Resource: "arn:aws:lambda:us-east-1:000000000000:function:CheckJob",
      Next: "Job Complete?",
    },
    "Job Complete?": {
      Type: "Choice",
      Choices: [
        { Variable: "$.status", StringEquals: "FAILED", Next: "Job Failed" },
        { Variable: "$.status", StringEquals: "SUCCEEDED", Next: "Get Final Job Status" },
      ],
      Default: "Wait X Seconds",
    },
    "Job Failed": { Type: "Fail", Error: "JobFailed", Cause: "The job failed" },
    "Get Final Job Status": {
      Type: "Task",
      Resource: "arn:aws:lambda:us-east-1:000000000000:function:CheckJob",
      End: true,
    },
  },
};

export const NESTED: Json = {
  StartAt: "Validate",
  States: {
    Validate: {
      Type: "Task",
      Resource: "function:Validate",
      Catch: [
        { ErrorEquals: ["ValidationError"], Next: "Reject" },
        { ErrorEquals: ["States.ALL"], Next: "Notify" },
      ],
      Next: "Process Items",
    },
    "Process Items": {
      Type: "Map",
      ItemsPath: "$.items",
      ItemProcessor: {
        StartAt: "Prepare",
        States: {
          Prepare: { Type: "Pass", Next: "Fulfil" },
          Fulfil: {
            Type: "Parallel",
            Branches: [
              {
                StartAt: "Reserve",
                States: {
                  Reserve: { Type: "Task", Resource: "function:Reserve", Next: "Ready?" },
                  "Ready?": {
                    Type: "Choice",
                    Choices: [{ Variable: "$.ready", BooleanEquals: true, Next: "Pick" }],
                    Default: "Wait Stock",
                  },
                  "Wait Stock": { Type: "Wait", Seconds: 30, Next: "Reserve" },
                  Pick: { Type: "Pass", End: true },
                },
              },
              {
                StartAt: "Label",
                States: { Label: { Type: "Task", Resource: "function:Label", End: true } },
              },
            ],
            End: true,
          },
        },
      },
      Next: "Done",
    },
    Notify: { Type: "Pass", Next: "Reject" },
    Reject: { Type: "Fail" },
    Done: { Type: "Succeed" },
  },
};

export function chain(length: number): Json {
  const States: JsonObject = {};
  for (let i = 0; i < length; i++) {
    const next: JsonObject = i + 1 < length ? { Next: `S${i + 1}` } : { End: true };
    States[`S${i}`] =
      i % 10 === 9 && i + 3 < length
        ? {
            Type: "Choice",
            Choices: [{ Variable: "$.x", NumericEquals: i, Next: `S${i + 2}` }],
            Default: `S${i + 1}`,
          }
        : { Type: "Pass", ...next };
  }
  return { StartAt: "S0", States };
}

/** One handler for the errors of several steps, of which some are undone on the way: its ways cross. */
export const SAGA: Json = {
  StartAt: "Book",
  States: {
    Book: step("Pay", "Cancel"),
    Pay: step("Send", "Refund"),
    Send: step("Done", "Refund"),
    Refund: { Type: "Task", Resource: "function:Refund", Next: "Cancel" },
    Cancel: { Type: "Task", Resource: "function:Cancel", Next: "Failed" },
    Failed: { Type: "Fail" },
    Done: { Type: "Succeed" },
  },
};

function step(Next: string, handler: string): Json {
  const Catch = [{ ErrorEquals: ["States.ALL"], Next: handler }];
  return { Type: "Task", Resource: "function:F", Catch, Next };
}
