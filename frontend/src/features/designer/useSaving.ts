import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { t } from "../../i18n";
import { flash } from "../../ui/flash";
import type { Drafts } from "./draft";

/** Saves the draft as a revision; null when there is a conflict to settle first. A refusal is told by who asks for it. */
export function useSaving(machine: string, drafts: Drafts) {
  const queries = useQueryClient();
  return useCallback(
    async (comment: string) => {
      const revision = await drafts.saveRevision(comment);
      if (revision) {
        flash("success", t("Saved as revision {number}", { number: revision.number }));
        for (const queryKey of [["machines"], ["machine", machine], ["revisions", machine]]) {
          void queries.invalidateQueries({ queryKey, refetchType: "none" });
        }
      }
      return revision;
    },
    [drafts, machine, queries],
  );
}
