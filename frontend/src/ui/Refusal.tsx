import Alert from "@cloudscape-design/components/alert";
import { messageOf, Problem } from "../api/http";
import type { Diagnostic } from "../api/types";
import { count, t } from "../i18n";

const MOST = 8;

/** Where a mistake is, in words: its line and the names on the way to it. */
function place({ line, pointer }: Diagnostic): string {
  const names = pointer
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .filter((part) => part !== "" && part !== "States");
  return [line ? t("line {line}", { line }) : "", names.join(" › ")]
    .filter((part) => part !== "")
    .join(", ");
}

/** What the server will not take; the mistakes of a definition each with its place. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null;
  const diagnostics = error instanceof Problem ? error.diagnostics : [];
  if (diagnostics.length === 0) return <Alert type="error">{messageOf(error)}</Alert>;
  const header =
    error instanceof Problem && error.code === "InvalidDefinition"
      ? count(diagnostics.length, "The definition has a mistake", "The definition has {n} mistakes")
      : messageOf(error);
  return (
    <Alert type="error" header={header}>
      {diagnostics.slice(0, MOST).map((d) => (
        <div key={`${d.pointer}${d.message}`}>
          {d.message}
          {place(d) && ` (${place(d)})`}
        </div>
      ))}
      {diagnostics.length > MOST && (
        <div>{t("and {n} more", { n: diagnostics.length - MOST })}</div>
      )}
    </Alert>
  );
}
