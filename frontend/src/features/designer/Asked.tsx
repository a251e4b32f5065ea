import { Picker } from "./Picker";
import { type Designer, refId } from "./store";
import { comesLate, type Editing } from "./useEditing";
import type { Focusing } from "./useFocusing";

/** The list that an edit asks with; when it is answered, the focus goes to what came of it. */
export function Asked(props: { designer: Designer; editing: Editing; focusing: Focusing }) {
  const { designer, editing, focusing } = props;
  const { question } = editing;
  if (question === null) return null;
  const pick = (id: string, opener: Element | null) => {
    const before = designer.getState().selection;
    editing.ask(null);
    focusing.pickedLate.current = comesLate(id);
    question.answer(id);
    const after = designer.getState().selection;
    const chosen = after.states[0];
    // Unless the answer has led it elsewhere, to a form say.
    const here = document.activeElement;
    if (here !== document.body && !here?.closest(".picker")) return;
    if (chosen && after !== before) focusing.control.current?.focus(refId(chosen));
    else focusing.giveBack(opener);
  };
  const close = (opener: Element | null) => {
    editing.ask(null);
    focusing.giveBack(opener);
  };
  return (
    <Picker
      key={question.title}
      {...question}
      choices={typeof question.choices === "function" ? question.choices() : question.choices}
      onClose={close}
      onPick={pick}
    />
  );
}
