import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { docOf } from "../../../asl/fields";
import { at, isObject, type Json, text } from "../../../asl/model";
import { t } from "../../../i18n";
import { ChoiceField, JsonField, LiteralOrPath, NumberField, PathField, TextField } from "./fields";
import type { PanelProps } from "./panel";

const LIST_OBJECTS = "arn:aws:states:::s3:listObjectsV2";
const GET_OBJECT = "arn:aws:states:::s3:getObject";
const PUT_OBJECT = "arn:aws:states:::s3:putObject";

const processor = (props: PanelProps) =>
  props.state.ItemProcessor === undefined && props.state.Iterator !== undefined
    ? "Iterator"
    : "ItemProcessor";
const isDistributed = (props: PanelProps) =>
  at(props.state, [processor(props), "ProcessorConfig", "Mode"]) === "DISTRIBUTED";

/** What most Maps need: which list, how many at once, and what an iteration gets. */
export function MapGeneral(props: PanelProps) {
  const { state, set, jsonata } = props;
  return (
    <SpaceBetween size="m">
      {jsonata ? (
        <JsonField
          label={t("Items")}
          hint={docOf("Items")}
          value={state.Items}
          path={[...props.path, "Items"]}
          onChange={(v) => set("Items", v)}
        />
      ) : (
        <PathField
          label={t("Items")}
          hint={docOf("ItemsPath")}
          value={state.ItemsPath}
          onChange={(v) => set("ItemsPath", v)}
        />
      )}
      <LiteralOrPath
        {...props}
        name="MaxConcurrency"
        label={t("At most at once")}
        hint={docOf("MaxConcurrency")}
        kind="number"
      />
      <JsonField
        label={t("Each item becomes")}
        hint={docOf("ItemSelector")}
        value={state.ItemSelector}
        path={[...props.path, "ItemSelector"]}
        onChange={(v) => set("ItemSelector", v)}
      />
    </SpaceBetween>
  );
}

/** Where the items come from, and in which bundles. */
export function MapItems(props: PanelProps) {
  const { state, setIn, set, jsonata } = props;
  const resource = text(at(state, ["ItemReader", "Resource"]));
  const argumentsKey = jsonata ? "Arguments" : "Parameters";
  const source = resource === undefined ? undefined : resource;
  return (
    <SpaceBetween size="m">
      <ChoiceField
        label={t("Items come from")}
        hint={docOf("ItemReader")}
        value={source}
        none={t("The input")}
        options={[
          [LIST_OBJECTS, t("A list of objects in a bucket")],
          [GET_OBJECT, t("One file")],
        ]}
        onChange={(v) => {
          if (v === undefined) set("ItemReader", undefined);
          else if (resource === undefined)
            set("ItemReader", {
              Resource: v,
              [argumentsKey]: { Bucket: "", ...(v === GET_OBJECT ? { Key: "" } : { Prefix: "" }) },
            });
          else setIn(["ItemReader", "Resource"], v);
        }}
      />
      {resource !== undefined && (
        <Reader {...props} argumentsKey={argumentsKey} resource={resource} />
      )}
      <ExpandableSection
        headerText={t("Batches")}
        variant="footer"
        defaultExpanded={state.ItemBatcher !== undefined}
      >
        <SpaceBetween size="m">
          <LiteralOrPath
            {...props}
            inside={["ItemBatcher"]}
            name="MaxItemsPerBatch"
            label={t("Items in a batch")}
            hint={docOf("MaxItemsPerBatch")}
            kind="number"
          />
          <LiteralOrPath
            {...props}
            inside={["ItemBatcher"]}
            name="MaxInputBytesPerBatch"
            label={t("Bytes in a batch")}
            hint={docOf("MaxInputBytesPerBatch")}
            kind="number"
          />
          <JsonField
            label={t("Along with each batch")}
            hint={docOf("BatchInput")}
            value={at(state, ["ItemBatcher", "BatchInput"])}
            path={[...props.path, "ItemBatcher", "BatchInput"]}
            onChange={(v) => setIn(["ItemBatcher", "BatchInput"], v)}
          />
        </SpaceBetween>
      </ExpandableSection>
      <ExpandableSection
        headerText={t("Results")}
        variant="footer"
        defaultExpanded={state.ResultWriter !== undefined}
      >
        <Writer {...props} argumentsKey={argumentsKey} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Reader(props: PanelProps & { argumentsKey: string; resource: string }) {
  const { state, setIn, argumentsKey, resource } = props;
  const config = at(state, ["ItemReader", "ReaderConfig"]);
  const held = isObject(config) ? config : {};
  const put = (key: string) => (value: Json | undefined) =>
    setIn(["ItemReader", "ReaderConfig", key], value);
  const lists = resource === LIST_OBJECTS;
  const flattens = held.Transformation === "LOAD_AND_FLATTEN";
  return (
    <SpaceBetween size="m">
      <JsonField
        label={t("Which (Bucket, Key or Prefix)")}
        value={at(state, ["ItemReader", argumentsKey])}
        path={[...props.path, "ItemReader", argumentsKey]}
        onChange={(v) => setIn(["ItemReader", argumentsKey], v)}
      />
      {lists && (
        <ChoiceField
          label={t("Each item is")}
          value={held.Transformation}
          none={t("An entry of the list")}
          options={[["LOAD_AND_FLATTEN", t("A row of a listed object")]]}
          onChange={put("Transformation")}
        />
      )}
      {(!lists || flattens) && (
        <>
          <ChoiceField
            label={t("Format")}
            hint={docOf("InputType")}
            value={held.InputType}
            none={t("Choose a format")}
            options={["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]}
            onChange={put("InputType")}
          />
          {held.InputType === "CSV" && (
            <>
              <ChoiceField
                label={t("Names of the columns")}
                value={held.CSVHeaderLocation}
                none={t("Choose where they stand")}
                options={[
                  ["FIRST_ROW", t("In the first row")],
                  ["GIVEN", t("Given here")],
                ]}
                onChange={put("CSVHeaderLocation")}
              />
              {held.CSVHeaderLocation === "GIVEN" && (
                <TextField
                  label={t("Columns")}
                  hint={t("Separated by commas")}
                  value={Array.isArray(held.CSVHeaders) ? held.CSVHeaders.join(", ") : undefined}
                  onChange={(v) => put("CSVHeaders")(v?.split(",").map((part) => part.trim()))}
                />
              )}
              <ChoiceField
                label={t("Separator")}
                value={held.CSVDelimiter}
                none="COMMA"
                options={["PIPE", "SEMICOLON", "SPACE", "TAB"]}
                onChange={put("CSVDelimiter")}
              />
            </>
          )}
          {held.InputType === "JSON" && (
            <TextField
              label={t("Where the list stands in the file")}
              hint={docOf("ItemsPointer")}
              value={text(held.ItemsPointer)}
              placeholder="/data/items"
              onChange={put("ItemsPointer")}
            />
          )}
          <ChoiceField
            label={t("Manifest")}
            hint={docOf("ManifestType")}
            value={held.ManifestType}
            none={t("None")}
            options={["S3_INVENTORY", "ATHENA_DATA"]}
            onChange={put("ManifestType")}
          />
        </>
      )}
      <LiteralOrPath
        {...props}
        inside={["ItemReader", "ReaderConfig"]}
        name="MaxItems"
        label={t("No more items than")}
        kind="number"
      />
    </SpaceBetween>
  );
}

function Writer(props: PanelProps & { argumentsKey: string }) {
  const { state, setIn, argumentsKey } = props;
  const resource = at(state, ["ResultWriter", "Resource"]);
  return (
    <SpaceBetween size="m">
      <ChoiceField
        label={t("Results go to")}
        hint={docOf("ResultWriter")}
        value={resource}
        none={t("The output of this state")}
        options={[[PUT_OBJECT, t("Files in a bucket")]]}
        onChange={(v) => {
          setIn(["ResultWriter", "Resource"], v);
          if (v === undefined) setIn(["ResultWriter", argumentsKey], undefined);
          else if (at(state, ["ResultWriter", argumentsKey]) === undefined)
            setIn(["ResultWriter", argumentsKey], { Bucket: "", Prefix: "results" });
        }}
      />
      {resource !== undefined && (
        <JsonField
          label={t("Which (Bucket, Key or Prefix)")}
          value={at(state, ["ResultWriter", argumentsKey])}
          path={[...props.path, "ResultWriter", argumentsKey]}
          onChange={(v) => setIn(["ResultWriter", argumentsKey], v)}
        />
      )}
      <ChoiceField
        label={t("Shape of the results")}
        hint={docOf("Transformation", "WriterConfig")}
        value={at(state, ["ResultWriter", "WriterConfig", "Transformation"])}
        none={t("As usual")}
        options={["NONE", "COMPACT", "FLATTEN"]}
        onChange={(v) => setIn(["ResultWriter", "WriterConfig", "Transformation"], v)}
      />
      <ChoiceField
        label={t("Format")}
        value={at(state, ["ResultWriter", "WriterConfig", "OutputType"])}
        none="JSON"
        options={["JSONL"]}
        onChange={(v) => setIn(["ResultWriter", "WriterConfig", "OutputType"], v)}
      />
    </SpaceBetween>
  );
}

/** Where the iterations run, and how many may fail. */
export function MapRunning(props: PanelProps) {
  const { state, set, setIn } = props;
  const key = processor(props);
  const distributed = isDistributed(props);
  const config = [key, "ProcessorConfig"];
  return (
    <SpaceBetween size="m">
      <ChoiceField
        label={t("Iterations run")}
        hint={docOf("Mode")}
        value={at(state, [...config, "Mode"])}
        none={t("In this execution (INLINE)")}
        options={[
          ["INLINE", t("In this execution (INLINE)")],
          ["DISTRIBUTED", t("As child executions (DISTRIBUTED)")],
        ]}
        onChange={(v) => {
          if (v === "DISTRIBUTED")
            setIn(config, {
              Mode: "DISTRIBUTED",
              ExecutionType: at(state, [...config, "ExecutionType"]) ?? "STANDARD",
            });
          else {
            setIn([...config, "ExecutionType"], undefined);
            setIn([...config, "Mode"], v);
          }
        }}
      />
      {distributed && (
        <>
          <ChoiceField
            label={t("Kind of child")}
            value={at(state, [...config, "ExecutionType"])}
            options={["STANDARD", "EXPRESS"]}
            onChange={(v) => setIn([...config, "ExecutionType"], v)}
          />
          <LiteralOrPath
            {...props}
            name="ToleratedFailurePercentage"
            label={t("Percent that may fail")}
            hint={docOf("ToleratedFailurePercentage")}
            kind="number"
          />
          <LiteralOrPath
            {...props}
            name="ToleratedFailureCount"
            label={t("Items that may fail")}
            hint={docOf("ToleratedFailureCount")}
            kind="number"
          />
          <TextField
            label={t("Label")}
            hint={docOf("Label")}
            value={text(state.Label)}
            onChange={(v) => set("Label", v)}
          />
        </>
      )}
      <NumberOfChildren {...props} />
    </SpaceBetween>
  );
}

function NumberOfChildren({ state, set, jsonata }: PanelProps) {
  // The same field as on the first tab; it belongs to how iterations run as well.
  if (!jsonata && state.MaxConcurrencyPath !== undefined) return null;
  return (
    <NumberField
      label={t("At most at once")}
      hint={docOf("MaxConcurrency")}
      value={state.MaxConcurrency}
      onChange={(v) => set("MaxConcurrency", v)}
    />
  );
}
