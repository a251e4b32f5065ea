import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { STATUS_WORDS } from "../../canvas/StatusIcon";
import { t } from "../../i18n";
import { duration } from "../../ui/format";
import type { LiveRun } from "./live";
import { useRows } from "./rows";

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
  const rows = useRows(bars.length, ROW);
  // What lay between an end and a redrive is left out: hours of it would leave no width to what ran.
  const ran = (from: number, to: number) => run.statuses.ran(from, to);
  const all = Math.max(1, ran(begin, end));
  const share = (time: number) => (ran(begin, time) / all) * 100;
  return (
    <div className="timeline">
      <div className="timeline-axis">
        <span>0</span>
        <span>{duration(all / 2)}</span>
        <span>{duration(all)}</span>
      </div>
      <div ref={rows.frame} className="events-frame">
        <ol
          aria-label={t("Timeline")}
          style={{ height: rows.virtual.getTotalSize() }}
          onKeyDown={rows.keys}
        >
          {rows.virtual.getVirtualItems().map((row) => {
            const bar = bars[row.index];
            if (!bar) return null;
            const { visit, from } = bar;
            const to = bar.to ?? end;
            return (
              <li key={visit.id}>
                <button
                  type="button"
                  {...rows.stop(row.index)}
                  className={`bar-row status-${visit.status}`}
                  style={{ transform: `translateY(${row.start}px)`, height: ROW }}
                  onClick={() => onChoose(visit.state)}
                  title={`${visit.state}: ${STATUS_WORDS[visit.status]}, ${duration(ran(from, to))}`}
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
                  <span className="bar-time">{duration(ran(from, to))}</span>
                </button>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}
