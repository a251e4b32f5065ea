import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { isObject, type Json, type JsonObject } from "../../../asl/model";
import { t } from "../../../i18n";

const shown = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** JSON where it is JSON, else the text itself. */
function read(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/**
 * Variables, one a row. In JSONPath a value that begins with `$` or is an intrinsic function is taken from
 * there, so its key gets the suffix `.$`; in JSONata such a value stands in {% %}.
 */
export function Assignments(props: {
  label: string;
  hint: string;
  value: Json | undefined;
  jsonata: boolean;
  onChange: (value: Json | undefined) => void;
}) {
  const { value, jsonata, onChange } = props;
  const [fresh, setFresh] = useState("");
  const entries = isObject(value) ? Object.entries(value) : [];
  const write = (next: readonly (readonly [string, Json])[]) =>
    onChange(next.length === 0 ? undefined : (Object.fromEntries(next) as JsonObject));
  const name = (key: string) => key.replace(/\.\$$/, "");
  const entry = (key: string, text: string): [string, Json] => {
    const taken = !jsonata && /^(\$|States\.)/.test(text);
    return [taken ? `${name(key)}.$` : name(key), taken ? text : read(text)];
  };
  const add = () => {
    const wanted = fresh.trim().replace(/^\$/, "");
    if (wanted === "" || entries.some(([key]) => name(key) === wanted)) return;
    write([...entries, entry(wanted, jsonata ? "{% $states.input %}" : "$")]);
    setFresh("");
  };
  return (
    <FormField label={props.label} description={props.hint} stretch>
      <SpaceBetween size="s">
        {entries.map(([key, held], index) => (
          <div key={`${index}-${name(key)}`} className="assignment">
            <code>${name(key)}</code>
            <Input
              ariaLabel={t("Value of {name}", { name: name(key) })}
              value={shown(held)}
              onChange={(e) =>
                write(entries.map((old, i) => (i === index ? entry(key, e.detail.value) : old)))
              }
            />
            <Button
              variant="icon"
              iconName="remove"
              ariaLabel={t("Remove {name}", { name: name(key) })}
              onClick={() => write(entries.filter((_, i) => i !== index))}
            />
          </div>
        ))}
        <form
          className="assignment"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <Input
            ariaLabel={t("Name of a new variable")}
            placeholder={t("Name of a new variable")}
            value={fresh}
            onChange={(e) => setFresh(e.detail.value)}
          />
          <Button
            iconName="add-plus"
            formAction="none"
            disabled={fresh.trim() === ""}
            onClick={add}
          >
            {t("Add")}
          </Button>
        </form>
      </SpaceBetween>
    </FormField>
  );
}
