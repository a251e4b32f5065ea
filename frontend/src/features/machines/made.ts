import { t } from "../../i18n";

/** A machine that has just been made is there to be edited. */
export function madeMachine({ id, name }: { readonly id: string; readonly name: string }) {
  return { to: `/machines/${id}/edit`, told: t("{name} is made", { name }) };
}
