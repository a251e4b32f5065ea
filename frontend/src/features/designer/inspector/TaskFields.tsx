import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { withResource } from "../../../asl/catalogue";
import { docOf } from "../../../asl/fields";
import { isObject, text } from "../../../asl/model";
import { t } from "../../../i18n";
import { useResources } from "../resources";
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
        onChange={(resource, option) =>
          designer.edit({
            type: "setState",
            state: reference,
            value: withResource(state, resource, option?.values?.(jsonata) ?? null, jsonata),
          })
        }
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
