import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import type { LiveRun } from "./live";

const ROW = 29;

/** The whole history, however long: only what is in view is in the page. */
export function EventsTable({
  run,
  onChoose,
}: {
  run: LiveRun;
  onChoose: (state: string) => void;
}) {
  const events = useStore(run, (s) => s.events);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = useMemo(
    () =>
      wanted === ""
        ? events
        : events.filter((e) =>
            `${e.type} ${e.state ?? ""} ${e.note ?? ""}`.toLowerCase().includes(wanted),
          ),
    [events, wanted],
  );
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  return (
    <div className="events">
      <input
        className="events-find"
        aria-label={t("Find events")}
        placeholder={t("Find events")}
        value={search}
        onChange={(e) => setSearch(e.target.value)}
      />
      <div ref={frame} className="events-frame">
        <ol aria-label={t("Events")} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const event = shown[row.index];
            if (!event) return null;
            return (
              <li
                key={event.id}
                className={`event-row note-${event.note ?? "none"}`}
                style={{ transform: `translateY(${row.start}px)`, height: ROW }}
              >
                <span>{event.id}</span>
                <span>{event.type}</span>
                <span>
                  {event.state !== null && (
                    <button type="button" onClick={() => onChoose(event.state ?? "")}>
                      {event.state}
                    </button>
                  )}
                </span>
                <span>{event.note ?? ""}</span>
                <span>{event.timestamp.slice(11, 23)}</span>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}
