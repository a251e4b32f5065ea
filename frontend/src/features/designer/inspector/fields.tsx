import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useRef, useState } from "react";
import { explain } from "../../../asl/complete";
import { swapKey } from "../../../asl/fields";
import { at, isObject, type Json, type Path, text } from "../../../asl/model";
import { equal } from "../../../asl/patch";
import { t } from "../../../i18n";
import { Code } from "../../../ui/Code";
import { useCompleteField } from "../completion";
import { type ResourceOption, resolveResource, sdkOption, useSdkActions } from "../resources";
import type { PanelProps } from "./panel";

interface FieldProps<T> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: T | undefined;
  readonly warning?: string | undefined;
  /** undefined takes the field away. */
  readonly onChange: (value: T | undefined) => void;
}

export function TextField({
  label,
  hint,
  value,
  onChange,
  placeholder,
}: FieldProps<string> & { placeholder?: string }) {
  return (
    <FormField label={label} description={hint}>
      <Input
        value={value ?? ""}
        placeholder={placeholder ?? ""}
        onChange={(e) => onChange(e.detail.value === "" ? undefined : e.detail.value)}
      />
    </FormField>
  );
}

export function AreaField({ label, hint, value, onChange }: FieldProps<string>) {
  return (
    <FormField label={label} description={hint}>
      <Textarea
        rows={2}
        value={value ?? ""}
        onChange={(e) => onChange(e.detail.value === "" ? undefined : e.detail.value)}
      />
    </FormField>
  );
}

/** A number; what is no number (a JSONata expression, say) stays the text it is. */
export function NumberField({ label, hint, value, onChange }: FieldProps<Json>) {
  const take = (text: string) => {
    if (text.trim() === "") onChange(undefined);
    else onChange(Number.isFinite(Number(text)) ? Number(text) : text);
  };
  return (
    <FormField label={label} description={hint}>
      <Input
        inputMode="decimal"
        value={value === undefined ? "" : String(value)}
        onChange={(e) => take(e.detail.value)}
      />
    </FormField>
  );
}

const NOWHERE: Path = [];
const LINE_PX = 19;

/** Free text in, JSON out: what is not JSON yet is kept here and changes nothing. */
export function JsonField({
  label,
  hint,
  value,
  warning,
  onChange,
  path = NOWHERE,
  rows = 4,
  required = false,
}: FieldProps<Json> & {
  /** Where the value stands in the definition: what may be written there is offered. */
  path?: Path;
  rows?: number;
  required?: boolean;
}) {
  const completeField = useCompleteField();
  const print = (v: Json | undefined) => (v === undefined ? "" : JSON.stringify(v, null, 2));
  const [text, setText] = useState(() => print(value));
  const [error, setError] = useState<string | null>(null);
  const sent = useRef(value);
  useEffect(() => {
    if (equal(sent.current, value)) return;
    sent.current = value;
    setText(print(value));
    setError(null);
  });
  const take = (next: string) => {
    setText(next);
    if (next.trim() === "") {
      setError(required ? t("Something must stand here") : null);
      if (required) return;
      sent.current = undefined;
      onChange(undefined);
      return;
    }
    try {
      const parsed = JSON.parse(next) as Json;
      setError(null);
      sent.current = parsed;
      onChange(parsed);
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    }
  };
  const lines = Math.min(18, Math.max(rows, text.split("\n").length));
  return (
    <FormField label={label} description={hint} errorText={error} warningText={warning}>
      <div className="code-frame" style={{ height: lines * LINE_PX + 10 }}>
        <Code
          value={text}
          format="json"
          label={label}
          field
          onChange={take}
          complete={(doc, offset) => completeField(doc, offset, path)}
          explain={(doc, offset) => explain(doc, "json", offset)}
        />
      </div>
    </FormField>
  );
}

/** A path, or null ("nothing"), or not given ("everything"). Paths of the last run's data are offered. */
export function PathField({
  label,
  hint,
  value,
  warning,
  path = NOWHERE,
  onChange,
}: FieldProps<Json> & { path?: Path }) {
  const completeField = useCompleteField();
  const shown = value === null ? "null" : value === undefined ? "" : String(value);
  const quoted = JSON.stringify(shown);
  const paths = (completeField(quoted, quoted.length - 1, path)?.options ?? []).filter(
    (option) => option.kind === "path" || option.kind === "variable",
  );
  return (
    <FormField label={label} description={hint} warningText={warning}>
      <Autosuggest
        value={shown}
        placeholder="$"
        ariaLabel={label}
        options={paths.map(({ apply, info }) => ({ value: apply, description: info }))}
        enteredTextLabel={(text) => t('Use "{text}"', { text })}
        onChange={(e) => {
          const text = e.detail.value;
          onChange(text === "" ? undefined : text === "null" ? null : text);
        }}
      />
    </FormField>
  );
}

export function StateField({
  label,
  hint,
  value,
  onChange,
  names,
  none,
}: FieldProps<string> & { names: readonly string[]; none?: string }) {
  const options = [
    ...(none === undefined ? [] : [{ value: "\u0000", label: none }]),
    ...names.map((name) => ({ value: name, label: name })),
  ];
  const missing = value !== undefined && !names.includes(value);
  return (
    <FormField
      label={label}
      description={hint}
      errorText={
        value === ""
          ? t("Choose where it leads")
          : missing
            ? t("There is no state {value} here", { value })
            : null
      }
    >
      <Select
        selectedOption={
          value === undefined || value === ""
            ? none === undefined || value === ""
              ? null
              : { value: "\u0000", label: none }
            : { value, label: value }
        }
        options={options}
        placeholder={t("Choose a state")}
        filteringType={names.length > 8 ? "auto" : "none"}
        onChange={(e) => {
          const chosen = e.detail.selectedOption.value;
          onChange(chosen === "\u0000" ? undefined : chosen);
        }}
      />
    </FormField>
  );
}

const NONE = "\u0000";

/** One of a few words. `none` is what not giving the field means. */
export function ChoiceField({
  label,
  hint,
  value,
  onChange,
  options,
  none,
}: FieldProps<Json> & {
  options: readonly (string | readonly [string, string])[];
  none?: string;
}) {
  const given = options.map((option) =>
    typeof option === "string"
      ? { value: option, label: option }
      : { value: option[0], label: option[1] },
  );
  const all = none === undefined ? given : [{ value: NONE, label: none }, ...given];
  const held = value === undefined ? NONE : String(value);
  // What is no option, an expression say, is shown as it stands.
  const other = held === NONE ? null : { value: held, label: held };
  return (
    <FormField label={label} description={hint}>
      <Select
        selectedOption={all.find((option) => option.value === held) ?? other}
        options={all}
        onChange={(e) => {
          const chosen = e.detail.selectedOption.value;
          onChange(chosen === NONE ? undefined : chosen);
        }}
      />
    </FormField>
  );
}

/**
 * A field that JSONPath spells in two ways: `Seconds` with a value, `SecondsPath` with a path. JSONata has the
 * first alone, and takes an expression there.
 */
export function LiteralOrPath({
  designer,
  reference,
  state,
  jsonata,
  inside = [],
  name,
  label,
  hint,
  kind,
  required = false,
}: PanelProps & {
  inside?: readonly string[];
  name: string;
  label: string;
  hint?: string;
  kind: "number" | "text";
  required?: boolean;
}) {
  const outer = at(state, inside);
  const holder = isObject(outer) ? outer : {};
  const path = `${name}Path`;
  const byPath = holder[path] !== undefined;
  const group = `${reference.name}/${[...inside, name].join("/")}`;
  const put = (key: string) => (value: Json | undefined) => {
    const kept = value === undefined && required ? (kind === "number" ? 0 : "") : value;
    designer.edit({ type: "setIn", state: reference, keys: [...inside, key], value: kept }, group);
  };
  const swap = (from: string, to: string, value: Json) => {
    const next = swapKey(holder, from, to, value);
    if (inside.length > 0)
      designer.edit({ type: "setIn", state: reference, keys: inside, value: next });
    else designer.edit({ type: "setState", state: reference, value: next });
  };
  const fresh: Json = kind === "number" ? 1 : "";
  const field = byPath ? (
    <TextField label={label} hint={hint} value={text(holder[path])} onChange={put(path)} />
  ) : kind === "number" ? (
    <NumberField label={label} hint={hint} value={holder[name]} onChange={put(name)} />
  ) : (
    <TextField label={label} hint={hint} value={text(holder[name])} onChange={put(name)} />
  );
  if (jsonata && !byPath) return field;
  return (
    <div>
      {field}
      <button
        type="button"
        className="field-kind"
        onClick={() =>
          byPath ? swap(path, name, fresh) : swap(name, path, `$.${name.toLowerCase()}`)
        }
      >
        {byPath
          ? t("Write the value of {label} here", { label })
          : t("Take {label} from a path", { label })}
      </button>
    </div>
  );
}

/** What is called. A bare name of a function becomes its ARN; any other bare word is refused with a reason. */
export function ResourceField({
  label,
  hint,
  value,
  onChange,
  options,
}: Omit<FieldProps<string>, "onChange"> & {
  options: readonly ResourceOption[];
  onChange: (resource: string, option: ResourceOption | undefined) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const actions = useSdkActions(typed ?? "");
  const all = [...options, ...actions.map(sdkOption)];
  const resolved = typed === null ? null : resolveResource(typed, all);
  const settle = (text: string | null) => {
    if (text === null) return;
    const found = resolveResource(text, all);
    if (!found.ok) return;
    setTyped(null);
    if (found.value !== value || found.option) onChange(found.value, found.option);
  };
  return (
    <FormField
      label={label}
      description={hint}
      errorText={resolved && !resolved.ok ? resolved.problem : null}
    >
      {/* The clear button is inside the field: only what leaves both is a blur. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what goes on in the field */}
      <div
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) settle(typed);
        }}
      >
        <Autosuggest
          value={typed ?? value ?? ""}
          options={all.map(({ value: arn, label: name, description }) => ({
            value: arn,
            label: name,
            description,
            // The server has found an action by words that its name has not in one piece.
            filteringTags: arn.includes(":aws-sdk:") ? [description, typed ?? ""] : [description],
          }))}
          enteredTextLabel={(text) => t('Use "{text}"', { text })}
          empty={t("The functions folder holds nothing yet")}
          ariaLabel={label}
          clearAriaLabel={t("Clear")}
          onChange={(e) => setTyped(e.detail.value)}
          onSelect={(e) => settle(e.detail.value)}
        />
      </div>
    </FormField>
  );
}
