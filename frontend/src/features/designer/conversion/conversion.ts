import type { Compared, ConvertedState } from "../../../api/types";
import type { Edit, StateRef } from "../../../asl/edits";
import { fromPointer, isObject, type Json } from "../../../asl/model";
import { count, t } from "../../../i18n";

/** What the comparisons of a state come to. What chance alone tells apart counts for neither. */
export interface Tally {
  readonly equal: number;
  readonly different: readonly Compared[];
  readonly chance: number;
}

export function tallyOf(state: ConvertedState): Tally {
  return {
    equal: state.compared.filter((one) => one.equal).length,
    different: state.compared.filter((one) => !one.equal && !one.chance),
    chance: state.compared.filter((one) => one.chance).length,
  };
}

export function refOf(root: Json | undefined, state: ConvertedState): StateRef {
  return { scope: fromPointer(root, state.pointer).slice(0, -2), name: state.name };
}

/** One step for all of them; the server names those around others first. */
export function conversionEdit(root: Json | undefined, states: readonly ConvertedState[]): Edit {
  return {
    type: "setStates",
    states: states.flatMap((state) => {
      const value = state.converted as Json;
      return isObject(value) ? [{ state: refOf(root, state), value }] : [];
    }),
    said:
      states.length === 1
        ? t("{name} is in JSONata now", { name: states[0]?.name })
        : count(states.length, "{n} state is in JSONata now", "{n} states are in JSONata now"),
  };
}

/** In one line: how many visits were the same, and how many were not. */
export function verdict({ equal, different, chance }: Tally): string {
  if (equal + different.length + chance === 0) return t("Not compared: there is no data of a run");
  const parts = [
    equal > 0 ? count(equal, "{n} visit is the same", "{n} visits are the same") : "",
    different.length > 0 ? count(different.length, "{n} differs", "{n} differ") : "",
    chance > 0 ? count(chance, "{n} draws by chance", "{n} draw by chance") : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
