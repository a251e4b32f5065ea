import { type ReactNode, useState } from "react";
import { t } from "../../i18n";

const LEAST = 15;
const MOST = 85;

/** Two panes side by side with a bar between them, to drag or to move by arrow keys. Kept per browser. */
export function Splitter({ name, main, side }: { name: string; main: ReactNode; side: ReactNode }) {
  const key = `treadle:split:${name}`;
  const [share, setShare] = useState(() => Number(localStorage.getItem(key)) || 62);
  const put = (next: number) => {
    const clamped = Math.round(Math.max(LEAST, Math.min(MOST, next)));
    setShare(clamped);
    localStorage.setItem(key, String(clamped));
  };
  const drag = (event: React.PointerEvent<HTMLHRElement>) => {
    const frame = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!frame) return;
    const bar = event.currentTarget;
    bar.setPointerCapture(event.pointerId);
    const move = (e: PointerEvent) => put(((e.clientX - frame.left) / frame.width) * 100);
    const end = () => {
      bar.removeEventListener("pointermove", move);
      bar.removeEventListener("pointerup", end);
      bar.removeEventListener("pointercancel", end);
    };
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", end);
    bar.addEventListener("pointercancel", end);
  };
  return (
    <div className="split" style={{ "--share": `${share}%` } as React.CSSProperties}>
      <div className="split-main">{main}</div>
      <hr
        className="split-bar"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={t("Width of the code panel")}
        aria-valuenow={share}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        onPointerDown={drag}
        onKeyDown={(event) => {
          if (event.key === "ArrowLeft") put(share - 3);
          if (event.key === "ArrowRight") put(share + 3);
        }}
      />
      <div className="split-side">{side}</div>
    </div>
  );
}
