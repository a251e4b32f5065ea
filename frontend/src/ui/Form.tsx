import Box from "@cloudscape-design/components/box";
import { type ReactNode, useState } from "react";

/** Fields that Enter sends, wherever their button stands; with a reason `why` they cannot be sent yet, Enter tells it. */
export function Form(props: { why?: string | null; onSend: () => void; children: ReactNode }) {
  const { why = null } = props;
  const [asked, setAsked] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(why !== null);
        if (why === null) props.onSend();
      }}
    >
      {props.children}
      <div role="alert">
        {asked && why !== null && (
          <Box color="text-status-error" margin={{ top: "xs" }}>
            {why}
          </Box>
        )}
      </div>
      <button type="submit" hidden />
    </form>
  );
}
