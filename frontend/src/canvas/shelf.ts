import type { LayoutShelf } from "./layout";

const PREFIX = "treadle:layout:";

/**
 * A tab's own storage: a machine that is opened again, or reloaded, is drawn without waiting for the layout
 * engine, whose first run in a page takes some hundred milliseconds. It is apart from the storage of the
 * drafts, so that pictures can never take their room.
 */
export function tabShelf(storage: Storage, build: string): LayoutShelf {
  // Another build may have other options: its results are not ours.
  const prefix = `${PREFIX}${build}:`;
  const clear = () => {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
  };
  return {
    read(key) {
      try {
        return storage.getItem(prefix + key);
      } catch {
        return null;
      }
    },
    write(key, result) {
      try {
        storage.setItem(prefix + key, result);
      } catch {
        // Full, or not allowed: all of it can be worked out again.
        clear();
      }
    },
  };
}
