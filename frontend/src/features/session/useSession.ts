import { useQuery } from "@tanstack/react-query";
import { getSession } from "../../api/client";

export function useSession() {
  return useQuery({ queryKey: ["session"], queryFn: getSession, staleTime: 300_000, retry: false });
}
