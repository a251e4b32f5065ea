import { describe, expect, it } from "vitest";
import { argumentsOf, type Integration, withResource } from "../src/asl/catalogue";
import { paletteItems, stateOf } from "../src/features/designer/palette";
import { resolveResource, resourceOptions, type World } from "../src/features/designer/resources";

const SQS: Integration = {
  resource: "arn:aws:states:::sqs:sendMessage",
  service: "sqs",
  action: "sendMessage",
  description: "Delivers a message.",
  patterns: ["", ".waitForTaskToken"],
  parameters: [
    { name: "MessageBody", required: true },
    { name: "QueueUrl", required: true },
  ],
  example: { Type: "Task", Parameters: { MessageBody: "MessageBody here", QueueUrl: "Q" } },
};
const ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:Weld";
const WORLD: World = {
  functions: [],
  activities: [{ arn: ACTIVITY, name: "Weld", created_at: "2026-01-01T00:00:00.000Z" }],
  integrations: [SQS],
  celery: [{ name: "shop.pay", signature: "(order)", description: "" }],
  folder: null,
};

describe("the catalogue", () => {
  it("fills in what is required, and the token where one is waited for", () => {
    expect(argumentsOf(SQS, "", false)).toEqual({ MessageBody: "MessageBody here", QueueUrl: "Q" });
    expect(argumentsOf(SQS, ".waitForTaskToken", false).MessageBody).toEqual({
      "TaskToken.$": "$$.Task.Token",
    });
    expect(argumentsOf(SQS, ".waitForTaskToken", true).MessageBody).toEqual({
      TaskToken: "{% $states.context.Task.Token %}",
    });
  });

  it("puts them beside the resource, in the state's own language, and leaves what was written", () => {
    const plain = { Type: "Task", Resource: "", End: true };
    expect(Object.keys(withResource(plain, SQS.resource, { A: 1 }, false))).toEqual([
      "Type",
      "Resource",
      "Parameters",
      "End",
    ]);
    expect(withResource(plain, SQS.resource, { A: 1 }, true).Arguments).toEqual({ A: 1 });
    const written = { ...plain, Parameters: { mine: 1 } };
    expect(withResource(written, SQS.resource, { A: 1 }, false)).toEqual({
      ...written,
      Resource: SQS.resource,
    });
  });

  it("offers each pattern of an action, and Celery tasks by their names", () => {
    const options = resourceOptions(WORLD);
    expect(options.map((one) => one.label)).toEqual([
      "shop.pay",
      "Weld",
      "sqs:sendMessage",
      "sqs:sendMessage.waitForTaskToken",
    ]);
    const found = resolveResource("shop.pay", options);
    expect(found).toMatchObject({ ok: true, value: "arn:aws:states:::celery:sendTask.sync" });
    expect(found.ok && found.option?.values?.(false)).toEqual({ Task: "shop.pay", Kwargs: {} });
  });

  it("takes an activity by its name alone", () => {
    const options = resourceOptions(WORLD);
    expect(resolveResource("Weld", options)).toMatchObject({ ok: true, value: ACTIVITY });
    const item = paletteItems(WORLD, false).find((one) => one.id === `activity:${ACTIVITY}`);
    expect(item && stateOf(item, {}).value).toEqual({ Type: "Task", Resource: ACTIVITY });
  });

  it("makes a block of the palette into a state that can be called", () => {
    const item = paletteItems(WORLD, true).find((one) => one.id === "service:sqs:sendMessage");
    const made = item && stateOf(item, { QueryLanguage: "JSONata", States: {} });
    expect(made?.name).toBe("sendMessage");
    expect(made?.value.Arguments).toEqual({ MessageBody: "MessageBody here", QueueUrl: "Q" });
  });
});
