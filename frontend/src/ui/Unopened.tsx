import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useNavigate } from "react-router";
import { messageOf } from "../api/http";

/** A page whose thing is not there, or not to be had: what the server says, and a way on. */
export function Unopened(props: { header: string; error: unknown; to: string; action: string }) {
  const navigate = useNavigate();
  return (
    <Box padding="xl">
      <Alert
        type="error"
        header={props.header}
        action={
          <Button
            href={props.to}
            onFollow={(event) => {
              event.preventDefault();
              navigate(props.to);
            }}
          >
            {props.action}
          </Button>
        }
      >
        {messageOf(props.error)}
      </Alert>
    </Box>
  );
}
