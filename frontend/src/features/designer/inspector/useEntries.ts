import { useState } from "react";
import type { Json } from "../../../asl/model";
import { equal } from "../../../asl/patch";

/** Members of a list, each with a number that stays its own wherever it stands. */
export interface Held {
  readonly values: readonly Json[];
  readonly ids: readonly number[];
  readonly nextId: number;
}

export interface Entries {
  readonly all: readonly { readonly id: number; readonly value: Json }[];
  readonly replace: (index: number, value: Json) => void;
  readonly move: (index: number, by: 1 | -1) => void;
  readonly remove: (index: number) => void;
  readonly add: (value: Json) => void;
}

/**
 * The numbers of `values`, which have come after those held: by an edit in the forms, in the code, by Undo. What is
 * the same keeps its number, at its place or at another; what is left was changed where it stands.
 */
export function followed(held: Held, values: readonly Json[]): Held {
  const ids: (number | undefined)[] = values.map(() => undefined);
  const free = new Set(held.ids);
  const give = (index: number, from: number) => {
    const id = held.ids[from];
    if (ids[index] !== undefined || id === undefined || !free.delete(id)) return;
    ids[index] = id;
  };
  const same = (value: Json, from: number) => equal(value, held.values[from]);
  values.forEach((value, index) => {
    if (same(value, index)) give(index, index);
  });
  values.forEach((value, index) => {
    const from = held.ids.findIndex((id, at) => free.has(id) && same(value, at));
    if (from !== -1) give(index, from);
  });
  values.forEach((_, index) => {
    give(index, index);
  });
  let { nextId } = held;
  return { values, ids: ids.map((id) => id ?? nextId++), nextId };
}

/** A list as a form edits it: what is open, typed or focused in a member's form goes with the member. */
export function useEntries(
  values: readonly Json[],
  onChange: (values: readonly Json[]) => void,
): Entries {
  const [held, setHeld] = useState<Held>(() =>
    followed({ values: [], ids: [], nextId: 0 }, values),
  );
  let { ids, nextId } = held;
  if (held.values !== values && held.values.length + values.length > 0) {
    const now = followed(held, values);
    setHeld(now);
    ({ ids, nextId } = now);
  }
  const put = (next: readonly Json[], nextIds: readonly number[]) => {
    // Known before the list comes back: of two that are alike nobody could tell which has moved.
    setHeld({ values: next, ids: nextIds, nextId: nextId + 1 });
    onChange(next);
  };
  return {
    all: values.map((value, index) => ({ id: ids[index] ?? index, value })),
    replace: (index, value) => put(values.with(index, value), ids),
    move: (index, by) => put(moved(values, index, by), moved(ids, index, by)),
    remove: (index) => put(values.toSpliced(index, 1), ids.toSpliced(index, 1)),
    add: (value) => put([...values, value], [...ids, nextId]),
  };
}

function moved<T>(list: readonly T[], index: number, by: 1 | -1): readonly T[] {
  const [one] = list.slice(index, index + 1);
  return one === undefined ? list : list.toSpliced(index, 1).toSpliced(index + by, 0, one);
}
