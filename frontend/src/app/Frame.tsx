import TopNavigation, {
  type TopNavigationProps,
} from "@cloudscape-design/components/top-navigation";
import { useNavigate } from "react-router";
import { useSession } from "../features/session/useSession";
import { t } from "../i18n";
import { toggleTheme, useTheme } from "../ui/theme";

/** The bar on top of every page. */
export function Frame() {
  const navigate = useNavigate();
  const theme = useTheme((s) => s.theme);
  const session = useSession();
  const link = (text: string, href: string): TopNavigationProps.Utility => ({
    type: "button",
    text,
    href,
    onClick: (event) => {
      event.preventDefault();
      navigate(href);
    },
  });
  const mode: TopNavigationProps.Utility = {
    type: "button",
    text: theme === "dark" ? t("Light") : t("Dark"),
    ariaLabel: theme === "dark" ? t("Light mode") : t("Dark mode"),
    onClick: toggleTheme,
  };
  const utilities = session.data
    ? [
        link(t("Machines"), "/machines"),
        link(t("Executions"), "/executions"),
        link(t("Settings"), "/settings"),
        mode,
      ]
    : [mode];
  return (
    <div id="top">
      <TopNavigation
        identity={{
          href: "/machines",
          title: "Treadle",
          onFollow: (event) => {
            event.preventDefault();
            navigate("/machines");
          },
        }}
        utilities={utilities}
        i18nStrings={{
          overflowMenuTriggerText: t("More"),
          overflowMenuTitleText: t("All"),
          overflowMenuBackIconAriaLabel: t("Back"),
          overflowMenuDismissIconAriaLabel: t("Close"),
        }}
      />
    </div>
  );
}
