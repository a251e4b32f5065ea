import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { withResource } from "../../../asl/catalogue";
import { docOf } from "../../../asl/fields";
import { at, isObject, type JsonObject, text } from "../../../asl/model";
import { t } from "../../../i18n";
import { sdkArguments, useResources } from "../resources";
import { LiteralOrPath, ResourceField, TextField } from "./fields";
import type { PanelProps } from "./panel";

export function TaskFields(props: PanelProps) {
  const { designer, reference, state, set, setIn, jsonata } = props;
  const { options, folder } = useResources();
  const credentials = isObject(state.Credentials) ? state.Credentials : {};
  const role = jsonata || credentials["RoleArn.$"] === undefined ? "RoleArn" : "RoleArn.$";
  return (
    <SpaceBetween size="m">
      <ResourceField
        label={t("Resource")}
        hint={
          folder
            ? t("A function of {folder}, a service, or any resource", { folder })
            : t("A function, a service, or any resource")
        }
        value={text(state.Resource)}
        options={options}
        onChange={(resource, option) => {
          const group = `resource/${reference.name}`;
          const call = (held: JsonObject, values: JsonObject | null) =>
            void designer.edit(
              {
                type: "setState",
                state: reference,
                value: withResource(held, resource, values, jsonata),
              },
              group,
            );
          call(state, option?.values?.(jsonata) ?? null);
          if (option?.values) return;
          // An action of the SDK: what it is called with comes later, for the state as it is then.
          void sdkArguments(resource, jsonata).then((values) => {
            const now = at(designer.getState().parsed?.value, props.path);
            if (values && isObject(now) && now.Resource === resource) call(now, values);
          });
        }}
      />
      <LiteralOrPath
        {...props}
        name="TimeoutSeconds"
        label={t("Time limit")}
        hint={docOf("TimeoutSeconds")}
        kind="number"
      />
      <LiteralOrPath
        {...props}
        name="HeartbeatSeconds"
        label={t("Heartbeat")}
        hint={docOf("HeartbeatSeconds")}
        kind="number"
      />
      <ExpandableSection
        headerText={t("Credentials")}
        variant="footer"
        defaultExpanded={state.Credentials !== undefined}
      >
        <TextField
          label={t("Role")}
          hint={t("An ARN; in JSONPath a text that begins with $ is taken as a path")}
          value={text(credentials[role])}
          placeholder="arn:aws:iam::000000000000:role/Name"
          onChange={(value) => {
            const path = !jsonata && value?.startsWith("$");
            if (value === undefined) setIn(["Credentials", role], undefined);
            else set("Credentials", { [path ? "RoleArn.$" : "RoleArn"]: value });
          }}
        />
      </ExpandableSection>
    </SpaceBetween>
  );
}
