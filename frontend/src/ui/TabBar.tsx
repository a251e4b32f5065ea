import { useRef } from "react";

interface TabBarProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly (readonly [T, string])[];
  readonly active: T;
  readonly onChange: (tab: T) => void;
  readonly className?: string;
}

/** A row of tabs that never scrolls sideways: for narrow panels. Arrow keys move along it. */
export function TabBar<T extends string>({
  label,
  tabs,
  active,
  onChange,
  className,
}: TabBarProps<T>) {
  const row = useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const at = tabs.findIndex(([id]) => id === active);
    const index = (at + by + tabs.length) % tabs.length;
    const next = tabs[index];
    if (!next) return;
    onChange(next[0]);
    row.current?.querySelectorAll("button")[index]?.focus();
  };
  return (
    <div
      ref={row}
      className={className ?? "tab-bar"}
      role="tablist"
      aria-label={label}
      onKeyDown={move}
    >
      {tabs.map(([id, text]) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === active}
          tabIndex={id === active ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
