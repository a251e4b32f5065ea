import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useStore } from "zustand";
import { testState } from "../../../api/client";
import { at, isObject, type Json } from "../../../asl/model";
import { type Message, t } from "../../../i18n";
import { Code } from "../../../ui/Code";
import { Form } from "../../../ui/Form";
import { Refusal } from "../../../ui/Refusal";
import { useStanding } from "../../../ui/useStanding";
import { useWrite } from "../../../ui/useWrite";
import type { LastRun, Visited } from "../lastRun";
import type { Designer } from "../store";
import { AnswersOf } from "./Answers";
import { type Answer, bodyOf } from "./mocks";
import { START } from "./start";

const LEVELS = [
  { value: "INFO", label: "INFO", description: t("Status, output and error") },
  { value: "DEBUG", label: "DEBUG", description: t("And the data after each step") },
  { value: "TRACE", label: "TRACE", description: t("And what is known of the call") },
];
type Level = "INFO" | "DEBUG" | "TRACE";
const WORDS: Record<string, ["success" | "error" | "warning", Message]> = {
  SUCCEEDED: ["success", "Succeeded"],
  FAILED: ["error", "Failed"],
  RETRIABLE: ["warning", "It would be tried again"],
  CAUGHT_ERROR: ["warning", "The error is caught"],
};

/** One state with an input and a made-up answer: what it makes of them, step by step. */
export function TestPanel({ designer, last }: { designer: Designer; last: LastRun | null }) {
  const selection = useStore(designer, (s) => s.selection);
  const parsed = useStore(designer, (s) => s.parsed);
  const only = selection.states.length === 1 ? selection.states[0] : undefined;
  const state = only && at(parsed?.value, [...only.scope, "States", only.name]);
  if (!only || !isObject(state)) {
    return (
      <div className="trial">
        <Box color="text-body-secondary">{t("Choose a state in the graph to test it.")}</Box>
      </div>
    );
  }
  return (
    <Tested
      key={only.name}
      designer={designer}
      name={only.name}
      type={String(state.Type)}
      given={last?.states[only.name]}
    />
  );
}

function json(text: string, otherwise: Json): Json | undefined {
  if (text.trim() === "") return otherwise;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function Tested({
  designer,
  name,
  type,
  given,
}: {
  designer: Designer;
  name: string;
  type: string;
  /** What the last run gave the state and got from it. */
  given: Visited | undefined;
}) {
  const works = type === "Task" || type === "Map" || type === "Parallel";
  const [typed, setInput] = useState<string | null>(null);
  const input = typed ?? JSON.stringify(given?.input ?? {}, null, 2);
  const [variables, setVariables] = useState("{}");
  const [level, setLevel] = useState<Level>("DEBUG");
  const [answers, setAnswers] = useState<readonly Answer[]>(
    works ? [{ kind: "result", text: type === "Task" ? "{}" : "[]", cause: "", seconds: "" }] : [],
  );
  const test = useWrite({
    mutationFn: async () => {
      const value = json(input, {});
      if (value === undefined) throw new Error(t("The input is not JSON"));
      const held = json(variables, {});
      if (!isObject(held)) throw new Error(t("The variables are no JSON object"));
      const body = bodyOf({ [name]: answers }, [{ name, kind: "task" }]);
      if (!body.ok) throw new Error(t("The answer of {name} is not JSON", { name }));
      const mock = body.mocks[name]?.[0];
      const { text, format } = designer.getState();
      return testState({
        definition: text,
        format,
        state: name,
        input: value,
        variables: held,
        inspection_level: level,
        mock: mock ?? null,
      });
    },
  });
  const found = useStanding(test);
  const [look, words] = WORDS[found?.status ?? ""] ?? ["error", "Failed"];
  return (
    <div className="trial">
      <div role="status" className="visually-hidden">
        {found && t(words)}
      </div>
      <SpaceBetween size="m">
        <Box variant="h3">{t("Test {name}", { name })}</Box>
        <Refusal error={test.error} />
        <FormField
          label={t("Input")}
          description={
            typed === null && given?.input !== undefined
              ? t("What the last run gave it")
              : undefined
          }
          stretch
        >
          <div className="code-frame" style={{ height: 110 }}>
            <Code value={input} format="json" label={t("Input of the test")} onChange={setInput} />
          </div>
        </FormField>
        {works && (
          <Form onSend={test.mutate}>
            <AnswersOf
              name={t("What its work comes to")}
              items={false}
              several={false}
              answers={answers}
              onChange={setAnswers}
            />
          </Form>
        )}
        <FormField label={t("Variables")} stretch>
          <div className="code-frame" style={{ height: 60 }}>
            <Code
              value={variables}
              format="json"
              label={t("Variables of the test")}
              onChange={setVariables}
            />
          </div>
        </FormField>
        <FormField label={t("Inspection level")}>
          <Select
            selectedOption={LEVELS.find((one) => one.value === level) ?? null}
            options={LEVELS}
            onChange={(e) => setLevel(e.detail.selectedOption.value as Level)}
          />
        </FormField>
        <Button
          className={START}
          variant="primary"
          iconName="caret-right-filled"
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          {t("Test")}
        </Button>
        {found && (
          <div data-tested={found.status}>
            <SpaceBetween size="s">
              <StatusIndicator type={look}>{t(words)}</StatusIndicator>
              {found.next_state && (
                <Box>{t("Goes on with {name}", { name: found.next_state })}</Box>
              )}
              {found.error && (
                <Alert type="error" header={found.error}>
                  {found.cause}
                </Alert>
              )}
              <FormField label={t("Output")} stretch>
                <pre className="payload">{JSON.stringify(found.output, null, 2)}</pre>
              </FormField>
              {isObject(found.inspection as Json) &&
                Object.entries(found.inspection as Record<string, Json>).map(([step, value]) => (
                  <FormField key={step} label={step} stretch>
                    <pre className="payload">{JSON.stringify(value, null, 2)}</pre>
                  </FormField>
                ))}
            </SpaceBetween>
          </div>
        )}
      </SpaceBetween>
    </div>
  );
}
