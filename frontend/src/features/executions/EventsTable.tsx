import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { t } from "../../i18n";
import type { LiveRun } from "./live";
import { useRows } from "./rows";

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
  const rows = useRows(shown.length, ROW, (index) => shown[index]?.state != null);
  return (
    <div className="events">
      <input
        className="events-find"
        aria-label={t("Find events")}
        placeholder={t("Find events")}
        value={search}
        onChange={(e) => setSearch(e.target.value)}
      />
      <div ref={rows.frame} className="events-frame">
        <ol
          aria-label={t("Events")}
          style={{ height: rows.virtual.getTotalSize() }}
          onKeyDown={rows.keys}
        >
          {rows.virtual.getVirtualItems().map((row) => {
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
                    <button
                      type="button"
                      {...rows.stop(row.index)}
                      onClick={() => onChoose(event.state ?? "")}
                    >
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
