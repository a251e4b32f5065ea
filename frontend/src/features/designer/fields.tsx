import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useRef, useState } from "react";
import type { Json } from "../../asl/model";
import { equal } from "../../asl/patch";
import { t } from "../../i18n";

interface FieldProps<T> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: T | undefined;
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

/** Free text in, JSON out: what is not JSON yet is kept here and changes nothing. */
export function JsonField({
  label,
  hint,
  value,
  onChange,
  rows = 4,
  required = false,
}: FieldProps<Json> & { rows?: number; required?: boolean }) {
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
    <FormField label={label} description={hint} errorText={error}>
      <div className="mono-input">
        <Textarea
          rows={lines}
          value={text}
          spellcheck={false}
          onChange={(e) => take(e.detail.value)}
        />
      </div>
    </FormField>
  );
}

/** A path, or null ("nothing"), or not given ("everything"). */
export function PathField({ label, hint, value, onChange }: FieldProps<Json>) {
  const shown = value === null ? "null" : value === undefined ? "" : String(value);
  return (
    <FormField label={label} description={hint}>
      <Input
        value={shown}
        placeholder="$"
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
      errorText={missing ? t("There is no state {value} here", { value }) : null}
    >
      <Select
        selectedOption={
          value === undefined
            ? none === undefined
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

export function SuggestField({
  label,
  hint,
  value,
  onChange,
  options,
}: FieldProps<string> & { options: { value: string; label?: string; description?: string }[] }) {
  return (
    <FormField label={label} description={hint}>
      <Autosuggest
        value={value ?? ""}
        options={options}
        enteredTextLabel={(text) => t('Use "{text}"', { text })}
        empty={t("The functions folder holds nothing yet")}
        onChange={(e) => onChange(e.detail.value)}
        ariaLabel={label}
      />
    </FormField>
  );
}
