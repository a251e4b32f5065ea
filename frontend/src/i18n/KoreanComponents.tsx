import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.ko";
import type { ReactNode } from "react";

/** The words inside Cloudscape's own parts; English ones need no catalogue. */
export default function KoreanComponents({ children }: { children: ReactNode }) {
  return (
    <I18nProvider locale="ko" messages={[messages]}>
      {children}
    </I18nProvider>
  );
}
