import { useEffect, useRef, useState } from "react";
import { t } from "../../i18n";

export interface Choice {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly className?: string;
}

/** What is found elsewhere; of the words before while it is `looking` for these. */
export interface MoreChoices {
  readonly choices: readonly Choice[];
  readonly looking: boolean;
}

const NO_MORE: MoreChoices = { choices: [], looking: false };
const useNoMore = () => NO_MORE;

/** A small list at a place of the page: type to narrow it, arrows and Enter to choose, Esc to leave. */
export function Picker(props: {
  title: string;
  at: { x: number; y: number };
  choices: readonly Choice[];
  /** What is found elsewhere for the words typed; put after the choices. A hook. */
  useMore?: ((search: string) => MoreChoices) | undefined;
  /** With what had the focus when the list opened. */
  onPick: (id: string, opener: Element | null) => void;
  onClose: (opener: Element | null) => void;
}) {
  // Before the list is in the page, and takes it.
  const [opener] = useState(() => document.activeElement);
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const wanted = search.toLowerCase();
  // What is called so comes before what only speaks of it: "wait" is the Wait state.
  const named = (c: Choice) => c.title.toLowerCase().startsWith(wanted);
  const found = props.choices.filter((c) =>
    `${c.title} ${c.description ?? ""}`.toLowerCase().includes(wanted),
  );
  const more = (props.useMore ?? useNoMore)(search);
  const shown = [...found.filter(named), ...found.filter((c) => !named(c)), ...more.choices];
  // Of these words, by now.
  const sure = more.looking ? found.length : shown.length;
  const { onClose, onPick } = props;
  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) onClose(opener);
    };
    window.addEventListener("pointerdown", away, true);
    return () => window.removeEventListener("pointerdown", away, true);
  }, [onClose, opener]);
  // Enter for what is still looked for means the first that is found; not one of the words before.
  const [eager, setEager] = useState(false);
  const ready = active < sure ? shown[active]?.id : undefined;
  useEffect(() => {
    if (!eager || more.looking) return;
    setEager(false);
    if (ready !== undefined) onPick(ready, opener);
  }, [eager, more.looking, ready, onPick, opener]);
  useEffect(() => {
    box.current?.querySelector(".is-active")?.scrollIntoView({ block: "nearest" });
  });
  const keys = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") onClose(opener);
    else if (event.key === "ArrowDown")
      setActive((n) => Math.max(0, Math.min(n + 1, shown.length - 1)));
    else if (event.key === "ArrowUp") setActive((n) => Math.max(n - 1, 0));
    else if (event.key === "Enter") {
      if (ready !== undefined) onPick(ready, opener);
      else if (more.looking) {
        setEager(true);
        setActive(found.length);
      }
    } else return;
    event.preventDefault();
  };
  const left = Math.max(8, Math.min(props.at.x, window.innerWidth - 268));
  const top = Math.max(8, Math.min(props.at.y, window.innerHeight - 330));
  return (
    <div
      ref={box}
      className="picker"
      role="dialog"
      aria-label={props.title}
      style={{ left, top }}
      onKeyDown={keys}
    >
      <div className="picker-title">{props.title}</div>
      <input
        // biome-ignore lint/a11y/noAutofocus: the list was asked for by a key or a click just now
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="picker-list"
        aria-label={props.title}
        value={search}
        placeholder={t("Type to find")}
        onChange={(e) => {
          setSearch(e.target.value);
          setActive(0);
          setEager(false);
        }}
      />
      <div id="picker-list" role="listbox" className="picker-list" aria-label={props.title}>
        {shown.map((choice, index) => (
          <button
            key={choice.id}
            type="button"
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            data-pick={choice.id}
            className={`picker-item ${choice.className ?? ""}${index === active ? " is-active" : ""}`}
            onPointerEnter={() => setActive(index)}
            onClick={() => onPick(choice.id, opener)}
          >
            <b>{choice.title}</b>
            {choice.description && <span>{choice.description}</span>}
          </button>
        ))}
        {shown.length === 0 && (
          <div className="palette-none">
            {more.looking ? t("Looking for it") : t("Nothing has such a name")}
          </div>
        )}
      </div>
    </div>
  );
}
