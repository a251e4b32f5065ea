/** A Storage as browsers have it: its keys are its own properties, and it is full at `room` characters. */
export function storage(room = Number.POSITIVE_INFINITY): Storage {
  const kept: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      const used = Object.entries(kept).reduce((sum, [k, v]) => sum + k.length + v.length, 0);
      if (used + key.length + value.length > room)
        throw new DOMException("full", "QuotaExceededError");
      kept[key] = value;
    },
    removeItem: (key: string) => {
      delete kept[key];
    },
  };
  return new Proxy(methods, {
    ownKeys: () => Object.keys(kept),
    getOwnPropertyDescriptor: (_, key) => Object.getOwnPropertyDescriptor(kept, key),
  }) as unknown as Storage;
}
