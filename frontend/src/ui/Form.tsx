import type { ReactNode } from "react";

/** Fields that Enter sends, wherever their button stands; while they are not `ready` it does nothing. */
export function Form(props: { ready: boolean; onSend: () => void; children: ReactNode }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (props.ready) props.onSend();
      }}
    >
      {props.children}
      <button type="submit" hidden />
    </form>
  );
}
