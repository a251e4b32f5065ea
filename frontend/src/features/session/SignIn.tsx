import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { signIn } from "../../api/client";
import { messageOf } from "../../api/http";
import { Page } from "../../app/Page";
import { t } from "../../i18n";
import { forgetUnsent } from "../../ui/useUnsent";

/** The link's token stands behind the #, so that it never reaches a server's log. */
export default function SignIn() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [token] = useState(() => location.hash.slice(1));
  const [error, setError] = useState<string | null>(null);
  const sent = useRef(false);
  useEffect(() => {
    if (token === "" || sent.current) return;
    sent.current = true;
    history.replaceState(null, "", location.pathname);
    signIn(decodeURIComponent(token)).then(
      (session) => {
        queries.clear();
        forgetUnsent();
        queries.setQueryData(["session"], session);
        navigate("/machines", { replace: true });
      },
      (reason: unknown) => setError(messageOf(reason)),
    );
  }, [token, navigate, queries]);
  return (
    <Page title={t("Sign in")}>
      <Box padding={{ vertical: "xxl" }}>
        <Container header={<Header variant="h1">{t("Sign in to Treadle")}</Header>}>
          <SpaceBetween size="m">
            {error !== null && (
              <Alert type="error" header={t("This sign-in link does not work")}>
                {error}
              </Alert>
            )}
            {token !== "" && error === null ? (
              <Spinner size="large" />
            ) : (
              <>
                <Box variant="p">
                  {t("You sign in by a link that works once.")} <code>make run</code>{" "}
                  {t("prints one when Treadle is ready.")}
                </Box>
                <Box variant="p">
                  {t("For a new one, run this in Treadle's folder and open what it prints:")}
                </Box>
                <pre className="payload">.venv/bin/python manage.py signin</pre>
              </>
            )}
          </SpaceBetween>
        </Container>
      </Box>
    </Page>
  );
}
