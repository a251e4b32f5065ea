import { guessFormat, parseText } from "../../asl/document";
import { isObject } from "../../asl/model";
import { t } from "../../i18n";
import { unreadable } from "../../ui/unreadable";
import type { Designer } from "./store";

/** A definition that was dropped on the page takes the place of the draft; one Undo brings that back. */
export async function takeFile(designer: Designer, file: File): Promise<void> {
  const text = await file.text().catch(() => null);
  if (text === null) return designer.say(unreadable(file).message);
  const format = guessFormat(text);
  const parsed = parseText(text, format);
  if (!parsed.ok || !isObject(parsed.value) || !isObject(parsed.value.States)) {
    designer.say(t("{name} holds no definition: nothing is changed", { name: file.name }));
    return;
  }
  designer.replace(text, format);
  designer.say(t("{name} is the draft now; Undo brings the old one back", { name: file.name }));
}
