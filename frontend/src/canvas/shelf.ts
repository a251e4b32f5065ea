import type { LayoutShelf } from "./layout";

const PREFIX = "treadle:layout:";
/** Characters: some hundred small machines, or three of a thousand states. The storage has about five million. */
const ROOM = 1_000_000;

/**
 * The browser's storage: a machine that is opened again is drawn without waiting for the layout engine, whose
 * first run in a page takes some hundred milliseconds. Drafts lie there too, and come first: see `clearLayouts`.
 */
export function browserShelf(storage: Storage, build: string, room = ROOM): LayoutShelf {
  // Another build may have other options: its results are not ours.
  const prefix = `${PREFIX}${build}:`;
  let used = 0;
  for (const key of layoutKeys(storage)) {
    if (key.startsWith(prefix)) used += key.length + (storage.getItem(key)?.length ?? 0);
    else storage.removeItem(key);
  }
  return {
    read(key) {
      try {
        return storage.getItem(prefix + key);
      } catch {
        return null;
      }
    },
    write(key, result) {
      used += prefix.length + key.length + result.length;
      try {
        if (used <= room) return storage.setItem(prefix + key, result);
      } catch {
        // Full, or not allowed.
      }
      // All of it can be worked out again.
      clearLayouts(storage);
      used = 0;
    },
  };
}

/** Makes room for what cannot be worked out again. */
export function clearLayouts(storage: Storage): void {
  for (const key of layoutKeys(storage)) storage.removeItem(key);
}

function layoutKeys(storage: Storage): string[] {
  return Object.keys(storage).filter((key) => key.startsWith(PREFIX));
}
