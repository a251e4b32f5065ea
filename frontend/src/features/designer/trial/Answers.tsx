import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRef } from "react";
import { flushSync } from "react-dom";
import { t } from "../../../i18n";
import { type Answer, EMPTY } from "./mocks";

const KINDS = [
  { value: "result", label: t("Result") },
  { value: "error", label: t("Error") },
];

/** Made-up answers of one state, one an attempt; the last stands for all further ones. */
export function AnswersOf(props: {
  name: string;
  items: boolean;
  several: boolean;
  answers: readonly Answer[];
  onChange: (answers: readonly Answer[]) => void;
}) {
  const { name, answers, onChange } = props;
  const put = (index: number, part: Partial<Answer>) =>
    onChange(answers.map((old, i) => (i === index ? { ...old, ...part } : old)));
  const around = useRef<HTMLFieldSetElement>(null);
  // Drawn at once: who adds an answer by a key types on in it.
  const add = () => {
    flushSync(() => onChange([...answers, props.items ? { ...EMPTY, text: "[]" } : EMPTY]));
    [...(around.current?.querySelectorAll<HTMLElement>(".answer") ?? [])]
      .at(-1)
      ?.querySelector("input")
      ?.focus();
  };
  const invitation =
    answers.length > 0
      ? t("Another answer for the next attempt")
      : props.items
        ? t("Make up the items; none are read otherwise")
        : t("Make up an answer; it is {} otherwise");
  return (
    <fieldset className="answers" ref={around}>
      <legend>{name}</legend>
      <SpaceBetween size="xs">
        {answers.map((answer, index) => (
          <div key={index} className="answer">
            {!props.items && (
              <Select
                ariaLabel={t("Kind of answer {n} of {name}", { n: index + 1, name })}
                selectedOption={KINDS.find((kind) => kind.value === answer.kind) ?? null}
                options={KINDS}
                onChange={(e) => {
                  const kind = e.detail.selectedOption.value as Answer["kind"];
                  put(index, { kind, text: kind === "error" ? "States.TaskFailed" : "{}" });
                }}
              />
            )}
            <Input
              value={answer.text}
              ariaLabel={t("Answer {n} of {name}", { n: index + 1, name })}
              placeholder={answer.kind === "error" ? "States.TaskFailed" : "{}"}
              onChange={(e) => put(index, { text: e.detail.value })}
            />
            {props.several && !props.items && (
              <span className="answer-seconds">
                <Input
                  value={answer.seconds}
                  inputMode="decimal"
                  ariaLabel={t("Seconds that answer {n} of {name} takes", { n: index + 1, name })}
                  placeholder="0 s"
                  onChange={(e) => put(index, { seconds: e.detail.value })}
                />
              </span>
            )}
            <Button
              variant="icon"
              iconName="remove"
              formAction="none"
              ariaLabel={t("Remove answer {n} of {name}", { n: index + 1, name })}
              onClick={() => onChange(answers.filter((_, i) => i !== index))}
            />
          </div>
        ))}
        {(answers.length === 0 || (props.several && !props.items)) && (
          <Button
            variant="inline-link"
            ariaLabel={`${invitation}: ${name}`}
            formAction="none"
            onClick={add}
          >
            {invitation}
          </Button>
        )}
      </SpaceBetween>
    </fieldset>
  );
}
