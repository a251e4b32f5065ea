import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useState } from "react";
import { convertStates } from "../../../api/client";
import type { ConvertedState } from "../../../api/types";
import { at, fromPointer, isObject, type Json } from "../../../asl/model";
import { printText } from "../../../asl/patch";
import { t } from "../../../i18n";
import { Code, Compare } from "../../../ui/Code";
import { Dialog } from "../../../ui/dialogs";
import { Refusal } from "../../../ui/Refusal";
import { useWrite } from "../../../ui/useWrite";
import type { Designer } from "../store";
import { AnswersOf } from "../trial/Answers";
import { type Answer, bodyOf } from "../trial/mocks";
import { AllStates } from "./AllStates";
import { conversionEdit, tallyOf, verdict } from "./conversion";
import { Differences } from "./Differences";

const WORKING = new Set<unknown>(["Task", "Map", "Parallel"]);

interface Given {
  readonly input: string;
  readonly answers: readonly Answer[];
}

/** One state, or all of them, in JSONata: before and after, and how both did on what runs have given them. */
export default function ConvertDialog(props: {
  designer: Designer;
  machine: string;
  /** null is all states that are in JSONPath. */
  state: string | null;
  onClose: () => void;
}) {
  const { designer, state, onClose } = props;
  const { text, format, parsed } = designer.getState();
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const convert = useWrite({
    mutationFn: (given: Given | null) =>
      convertStates(props.machine, {
        definition: text,
        format,
        state,
        samples: given === null || state === null ? [] : [sampleOf(given, state)],
      }),
  });
  const { mutate } = convert;
  useEffect(() => mutate(null), [mutate]);
  const states = convert.data?.states ?? [];
  const sound = states.filter(
    (one) => one.converted !== null && tallyOf(one).different.length === 0,
  );
  const wanted = chosen ?? new Set((state === null ? sound : states).map((one) => one.name));
  const taken = states.filter((one) => one.converted !== null && wanted.has(one.name));
  const apply = () => {
    if (designer.edit(conversionEdit(parsed?.value, taken))) onClose();
  };
  return (
    <Dialog
      title={state === null ? t("All states in JSONata") : t("{name} in JSONata", { name: state })}
      size="max"
      onClose={onClose}
      actions={
        <Button
          variant="primary"
          disabled={taken.length === 0 || convert.isPending}
          onClick={apply}
        >
          {t("Apply")}
        </Button>
      }
    >
      <SpaceBetween size="m">
        <Refusal error={convert.error} />
        {convert.isPending && states.length === 0 && <Spinner />}
        {state === null && convert.data && (
          <AllStates states={states} wanted={wanted} onChange={setChosen} />
        )}
        {state !== null &&
          states.map((one) => (
            <OneState
              key={one.name}
              found={one}
              before={at(parsed?.value, fromPointer(parsed?.value, one.pointer))}
              format={format}
              busy={convert.isPending}
              onCompare={mutate}
            />
          ))}
      </SpaceBetween>
    </Dialog>
  );
}

function sampleOf({ input, answers }: Given, name: string) {
  const value = JSON.parse(input.trim() === "" ? "{}" : input) as Json;
  const body = bodyOf({ [name]: answers }, [{ name, kind: "task" }]);
  if (!body.ok) throw new Error(t("The answer of {name} is not JSON", { name }));
  return { input: value, variables: {}, answer: body.mocks[name]?.[0] ?? null };
}

function OneState(props: {
  found: ConvertedState;
  before: Json | undefined;
  format: "json" | "yaml";
  busy: boolean;
  onCompare: (given: Given) => void;
}) {
  const { found, before, format } = props;
  const refused = found.diagnostics.filter((one) => one.severity === "ERROR");
  const loose = found.diagnostics.filter((one) => one.severity === "WARNING");
  const tally = tallyOf(found);
  return (
    <SpaceBetween size="m">
      {refused.length > 0 && (
        <Alert type="error" header={t("This state has no form in JSONata that does the same")}>
          <Reasons of={refused} under={found.pointer} />
        </Alert>
      )}
      {loose.length > 0 && (
        <Alert type="warning" header={t("The same, save at these places")}>
          <Reasons of={loose} under={found.pointer} />
        </Alert>
      )}
      {found.converted !== null && (
        <>
          <Compare
            left={{ title: t("Now, in JSONPath"), text: printText(before ?? null, format) }}
            right={{
              title: t("Then, in JSONata"),
              text: printText(found.converted as Json, format),
            }}
            format={format}
          />
          <div data-compared={found.compared.length} data-different={tally.different.length}>
            <StatusIndicator
              type={tally.different.length > 0 ? "error" : tally.equal > 0 ? "success" : "info"}
            >
              {verdict(tally)}
            </StatusIndicator>
          </div>
          <Differences of={tally.different} />
          <OwnData
            name={found.name}
            works={isObject(before) && WORKING.has(before.Type)}
            busy={props.busy}
            open={found.compared.length === 0}
            onCompare={props.onCompare}
          />
        </>
      )}
    </SpaceBetween>
  );
}

function Reasons({ of, under }: { of: ConvertedState["diagnostics"]; under: string }) {
  return (
    <ul className="plain-list">
      {of.map((one) => (
        <li key={one.pointer + one.message}>
          {one.pointer.slice(under.length + 1) !== "" && (
            <b>{`${one.pointer.slice(under.length + 1).replaceAll("/", " › ")}: `}</b>
          )}
          {one.message}
        </li>
      ))}
    </ul>
  );
}

/** Data that no run has had yet. */
function OwnData(props: {
  name: string;
  works: boolean;
  busy: boolean;
  open: boolean;
  onCompare: (given: Given) => void;
}) {
  const [input, setInput] = useState("{}");
  const [answers, setAnswers] = useState<readonly Answer[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const compare = () => {
    try {
      JSON.parse(input);
      setWrong(null);
      props.onCompare({ input, answers });
    } catch {
      setWrong(t("The input is not JSON"));
    }
  };
  return (
    <ExpandableSection headerText={t("Compare on other data")} defaultExpanded={props.open}>
      <SpaceBetween size="s">
        <FormField label={t("Input")} errorText={wrong} stretch>
          <div className="code-frame" style={{ height: 110 }}>
            <Code
              value={input}
              format="json"
              label={t("Input to compare on")}
              onChange={setInput}
            />
          </div>
        </FormField>
        {props.works && (
          <AnswersOf
            name={props.name}
            items={false}
            several={false}
            answers={answers}
            onChange={setAnswers}
          />
        )}
        <Button loading={props.busy} onClick={compare}>
          {t("Compare")}
        </Button>
        <Box color="text-body-secondary">
          {t("Nothing is called: both forms of the state are tried with this data.")}
        </Box>
      </SpaceBetween>
    </ExpandableSection>
  );
}
