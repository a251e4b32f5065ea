import {
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
} from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

type Write<Data, Variables> = Omit<
  UseMutationResult<Data, Error, Variables>,
  "mutate" | "mutateAsync"
> & {
  readonly mutate: (variables: Variables) => void;
};

interface Options<Data, Variables> extends UseMutationOptions<Data, Error, Variables> {
  /** What has been made is shown on another page: it is pending until that page has taken the place of this one. */
  readonly leaves?: boolean;
}

/**
 * Something that is changed on the server, once however often it is asked for meanwhile. A key is pressed again, or
 * held, before a slow browser has drawn that the first press is at work, and after the answer before it has drawn what
 * came of it: so a button that is drawn busy comes too late on both sides.
 */
export function useWrite<Data, Variables = void>({
  leaves = false,
  ...options
}: Options<Data, Variables>): Write<Data, Variables> {
  const { mutateAsync: _, ...mutation } = useMutation(options);
  const { mutate: begin, status, submittedAt } = mutation;
  const busy = useRef(false);
  const left = leaves && status === "success";
  // biome-ignore lint/correctness/useExhaustiveDependencies: the next one may end as the last one did
  useEffect(() => {
    // Effects come after the drawing.
    if (status !== "pending" && !left) busy.current = false;
  }, [status, submittedAt, left]);
  const mutate = useCallback(
    (variables: Variables) => {
      if (busy.current) return;
      busy.current = true;
      begin(variables);
    },
    [begin],
  );
  return { ...mutation, mutate, isPending: mutation.isPending || left };
}
