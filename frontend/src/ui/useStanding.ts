import { useState } from "react";

/** What a write has come to; what the last one came to stands until the next one is there, so that nothing jumps. */
export function useStanding<T>(write: {
  readonly data: T | undefined;
  readonly isPending: boolean;
}): T | undefined {
  const { data, isPending } = write;
  const [last, setLast] = useState(data);
  if (data !== undefined && data !== last) setLast(data);
  return data ?? (isPending ? last : undefined);
}
