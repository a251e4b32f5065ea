import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { STATUS_WORDS } from "../../canvas/StatusIcon";
import { duration } from "../../ui/format";
import type { LiveRun } from "./live";

const ROW = 26;

/** Each visit as a bar on one axis of time. */
export function Timeline({ run, onChoose }: { run: LiveRun; onChoose: (state: string) => void }) {
  const n = useStore(run, (s) => s.n);
  const status = useStore(run, (s) => s.status);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (status !== "RUNNING") return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [status]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: visits change in place, `n` says when
  const bars = useMemo(
    () =>
      run.statuses.visits.map((visit) => ({
        visit,
        from: Date.parse(visit.enteredAt),
        to: visit.endedAt ? Date.parse(visit.endedAt) : null,
      })),
    [run, n],
  );
  const begin = bars[0]?.from ?? 0;
  const last = bars.reduce((latest, bar) => Math.max(latest, bar.to ?? bar.from), begin);
  const end = Math.max(last, status === "RUNNING" ? now : 0, begin + 1);
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: bars.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const share = (time: number) => ((time - begin) / (end - begin)) * 100;
  return (
    <div className="timeline">
      <div className="timeline-axis">
        <span>0</span>
        <span>{duration((end - begin) / 2)}</span>
        <span>{duration(end - begin)}</span>
      </div>
      <div ref={frame} className="events-frame">
        <div style={{ position: "relative", height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const bar = bars[row.index];
            if (!bar) return null;
            const { visit, from } = bar;
            const to = bar.to ?? end;
            return (
              <button
                key={visit.id}
                type="button"
                className={`bar-row status-${visit.status}`}
                style={{ transform: `translateY(${row.start}px)`, height: ROW }}
                onClick={() => onChoose(visit.state)}
                title={`${visit.state}: ${STATUS_WORDS[visit.status]}, ${duration(to - from)}`}
              >
                <span className="bar-name">{visit.state}</span>
                <span className="bar-track">
                  <span
                    className="bar"
                    style={{
                      left: `${share(from)}%`,
                      width: `max(3px, ${share(to) - share(from)}%)`,
                    }}
                  />
                </span>
                <span className="bar-time">{duration(to - from)}</span>
              </button>
            );
          })}
        </div>
      </div>
    </div>
  );
}
