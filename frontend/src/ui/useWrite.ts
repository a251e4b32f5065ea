import {
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
} from "@tanstack/react-query";
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { flashError, flashLink } from "./flash";

type Write<Data, Variables> = Omit<
  UseMutationResult<Data, Error, Variables>,
  "mutate" | "mutateAsync"
> & {
  readonly mutate: (variables: Variables) => void;
};

interface Options<Data, Variables>
  extends Omit<UseMutationOptions<Data, Error, Variables>, "onSuccess" | "onError"> {
  readonly onSuccess?: (data: Data, variables: Variables) => unknown;
  readonly onError?: (error: Error) => void;
  /** What has been made is shown on another page: it is pending until that page has taken the place of this one. */
  readonly leaves?: boolean;
  /** That page, and what is said, with a link to it, to whoever has turned away meanwhile; null where nothing came of it. */
  readonly leads?: (
    data: Data,
    variables: Variables,
  ) => { readonly to: string; readonly told: string } | null;
  /** Closes what has asked for it, not what somebody has opened in its place meanwhile. */
  readonly closes?: (data: Data) => void;
}

/**
 * Something that is changed on the server, once however often it is asked for meanwhile. A key is pressed again, or
 * held, before a slow browser has drawn that the first press is at work, and after the answer before it has drawn what
 * came of it: so a button that is drawn busy comes too late on both sides.
 *
 * Whoever closes the dialog that asked for it, or goes elsewhere, before it is answered does not call it back: it is
 * done. Nobody is led away from where they are by then; what came of it is told.
 */
export function useWrite<Data, Variables = void>({
  leads,
  leaves = leads !== undefined,
  closes,
  onSuccess,
  onError,
  ...options
}: Options<Data, Variables>): Write<Data, Variables> {
  const navigate = useNavigate();
  const here = useRef(false);
  useLayoutEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const { mutateAsync: _, ...mutation } = useMutation({
    ...options,
    onSuccess: (data: Data, variables: Variables) => {
      const answered = onSuccess?.(data, variables);
      const led = leads?.(data, variables);
      if (here.current) closes?.(data);
      if (led && here.current) navigate(led.to);
      else if (led) flashLink(led.told, led.to);
      return answered;
    },
    onError: (error: Error) => (here.current ? onError?.(error) : flashError(error)),
  });
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
