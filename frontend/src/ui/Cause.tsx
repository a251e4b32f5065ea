import { isObject, type Json, text } from "../asl/model";

/** Why something failed. A function's error says its message first and its stack in lines; other JSON is laid out. */
export function Cause({ cause }: { cause: string | null | undefined }) {
  if (!cause) return null;
  const value = parsed(cause);
  if (!isObject(value)) return <span className="cause">{cause}</span>;
  const message = text(value.errorMessage);
  const stack = Array.isArray(value.stackTrace) ? value.stackTrace.map(String).join("") : "";
  if (message === undefined) return <pre className="cause">{JSON.stringify(value, null, 2)}</pre>;
  return (
    <>
      <span className="cause">{message}</span>
      {stack !== "" && <pre className="cause">{stack.trimEnd()}</pre>}
    </>
  );
}

function parsed(cause: string): Json {
  if (!cause.startsWith("{")) return null;
  try {
    return JSON.parse(cause) as Json;
  } catch {
    return null;
  }
}
