import AppLayout from "@cloudscape-design/components/app-layout";
import BreadcrumbGroup, {
  type BreadcrumbGroupProps,
} from "@cloudscape-design/components/breadcrumb-group";
import { type ReactNode, useEffect } from "react";
import { useNavigate } from "react-router";
import { t } from "../i18n";

interface PageProps {
  readonly title: string;
  readonly trail?: readonly BreadcrumbGroupProps.Item[];
  readonly children: ReactNode;
}

/** An ordinary page under the bar: its trail and its content. */
export function Page({ title, trail = [], children }: PageProps) {
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${title} · Treadle`;
  }, [title]);
  return (
    <AppLayout
      headerSelector="#top"
      navigationHide
      toolsHide
      breadcrumbs={
        trail.length > 0 ? (
          <BreadcrumbGroup
            items={[...trail, { text: title, href: "#" }]}
            ariaLabel={t("Where you are")}
            onFollow={(event) => {
              event.preventDefault();
              if (event.detail.href !== "#") navigate(event.detail.href);
            }}
          />
        ) : undefined
      }
      content={children}
    />
  );
}
