import Alert from "@cloudscape-design/components/alert";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useStore } from "zustand";
import { fetchAnew } from "../api/anew";
import { getSession } from "../api/client";
import { noteLost, reach } from "../api/reach";
import { t } from "../i18n";

const AGAIN_MS = 3000;

/** Says so while there is no server, asks for it again and again, and brings the pages up to date when it is back. */
export function OfflineBanner() {
  const queries = useQueryClient();
  const reached = useStore(reach, (s) => s.reached);
  useEffect(() => {
    window.addEventListener("offline", noteLost);
    return () => window.removeEventListener("offline", noteLost);
  }, []);
  useEffect(() => {
    if (reached) return;
    // Any answer will do; it is noted where all requests go through.
    const ask = () => void getSession().catch(() => undefined);
    const timer = setInterval(ask, AGAIN_MS);
    window.addEventListener("online", ask);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", ask);
      void fetchAnew(queries, {});
    };
  }, [reached, queries]);
  // The region is always there: a screen reader speaks of what comes into one, not of one that comes.
  return (
    <div className="offline" role="status">
      {!reached && (
        <Alert type="warning">
          {t(
            "The server cannot be reached. What you edit is kept in this browser and sent when it is back.",
          )}
        </Alert>
      )}
    </div>
  );
}
