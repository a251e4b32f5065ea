import { useCallback, useEffect, useState } from "react";
import { whenIdle } from "../../ui/idle";
import { useLatest } from "../../ui/useLatest";
import { usePart } from "../../ui/usePart";
import type { OpenDialog } from "./dialogs";
import { CONVERSION, DIALOGS } from "./parts";
import type { KeyPress } from "./useKeys";

/** The dialogs of the designer, whose code is fetched when the graph has been `drawn` or when one is asked for. */
export function useDialogs(conflicting: boolean, drawn: boolean) {
  const [open, setOpen] = useState<OpenDialog | null>(null);
  const [converting, setConverting] = useState<{ state: string | null } | null>(null);
  const dialogs = usePart(DIALOGS, open !== null || conflicting);
  const conversion = usePart(CONVERSION, converting !== null);
  useEffect(() => {
    // Nobody waits for them yet: who does hears of a failure.
    if (drawn) whenIdle(() => void DIALOGS.load().catch(() => undefined));
  }, [drawn]);
  const unfetched = dialogs.again ?? conversion.again;
  const close = useCallback(() => {
    setOpen(null);
    setConverting(null);
  }, []);
  const show = useLatest((dialog: OpenDialog) => {
    unfetched?.();
    setOpen(dialog);
  });
  const convert = useLatest((state: string | null) => {
    unfetched?.();
    setConverting({ state });
  });
  const onItsWay = (open !== null && !dialogs.there) || (converting !== null && !conversion.there);
  return {
    open,
    converting,
    show,
    convert,
    close,
    Dialogs: dialogs.there?.default ?? null,
    Conversion: conversion.there?.default ?? null,
    /** Fetches once more what could not be fetched; null as long as nothing has failed. */
    unfetched,
    /** Whether there is a dialog, or one on its way. */
    asked: (open !== null || converting !== null || conflicting) && unfetched === null,
    /** Escape while a dialog is on its way: nobody wants it any more. True when it was that. */
    calledBack: (event: KeyPress): boolean => {
      if (!onItsWay || event.key !== "Escape") return false;
      close();
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
