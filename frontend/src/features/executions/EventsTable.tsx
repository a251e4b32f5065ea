import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { LiveRun } from "./live";

const ROW = 29;

/** The whole history, however long: only what is in view is in the page. */
export function EventsTable({ run, onChoose }: { run: LiveRun; onChoose: (state: string) => void }) {
  const events = useStore(run, (s) => s.events);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = useMemo(
    () => (wanted === "" ? events : events.filter((e) => `${e.type} ${e.state ?? ""} ${e.note ?? ""}`.toLowerCase().includes(wanted))),
    [events, wanted],
  );
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => frame.current, estimateSize: () => ROW, overscan: 12 });
  return (
    <div className="events">
      <input className="events-find" aria-label="Find events" placeholder="Find events" value={search} onChange={(e) => setSearch(e.target.value)} />
      <div ref={frame} className="events-frame" role="table" aria-label="Events" aria-rowcount={shown.length}>
        <div style={{ position: "relative", height: rows.getTotalSize() }} role="rowgroup">
          {rows.getVirtualItems().map((row) => {
            const event = shown[row.index];
            if (!event) return null;
            return (
              <div key={event.id} role="row" aria-rowindex={row.index + 1} className={`event-row note-${event.note ?? "none"}`} style={{ transform: `translateY(${row.start}px)`, height: ROW }}>
                <span role="cell">{event.id}</span>
                <span role="cell">{event.type}</span>
                <span role="cell">
                  {event.state !== null && (
                    <button type="button" onClick={() => onChoose(event.state ?? "")}>
                      {event.state}
                    </button>
                  )}
                </span>
                <span role="cell">{event.note ?? ""}</span>
                <span role="cell">{event.timestamp.slice(11, 23)}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
