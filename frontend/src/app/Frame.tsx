import TopNavigation, {
  type TopNavigationProps,
} from "@cloudscape-design/components/top-navigation";
import { useNavigate } from "react-router";
import { useSession } from "../features/session/useSession";
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
    text: theme === "dark" ? "Light" : "Dark",
    ariaLabel: theme === "dark" ? "Light mode" : "Dark mode",
    onClick: toggleTheme,
  };
  const utilities = session.data
    ? [
        link("Machines", "/machines"),
        link("Executions", "/executions"),
        link("Settings", "/settings"),
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
          overflowMenuTriggerText: "More",
          overflowMenuTitleText: "All",
          overflowMenuBackIconAriaLabel: "Back",
          overflowMenuDismissIconAriaLabel: "Close",
        }}
      />
    </div>
  );
}
