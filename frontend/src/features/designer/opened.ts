import { queryOptions } from "@tanstack/react-query";
import { getMachine } from "../../api/client";
import { takeAhead } from "./ahead";

/** The machine that an editor opens with. The editor owns its text from there; nothing replaces it behind its back. */
export function machineToEdit(id: string) {
  return queryOptions({
    queryKey: ["machine", id, "edit"],
    queryFn: () => takeAhead(id) ?? getMachine(id),
    // Asked for ahead, and then not opened: soon it would be an old text.
    gcTime: 10_000,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
