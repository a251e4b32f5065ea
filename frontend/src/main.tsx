import "@cloudscape-design/global-styles/index.css";
import "./ui/ui.css";
import { Fragment, lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { App, firstPage } from "./app/App";
import { watchForGoneParts } from "./app/gone";
import icon from "./favicon.svg?url";
import { language } from "./i18n";
import { startTheme } from "./ui/theme";

startTheme();
watchForGoneParts();
const link = document.createElement("link");
link.rel = "icon";
link.href = icon;
document.head.append(link);
const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
document.documentElement.lang = language;
const Words = language === "ko" ? lazy(() => import("./i18n/KoreanComponents")) : Fragment;
// Not awaited here: what waits at its top shares no code with what it waits for, and the bundle grows by a tenth.
void firstPage().then(() =>
  createRoot(root).render(
    <StrictMode>
      <Suspense fallback={null}>
        <Words>
          <App />
        </Words>
      </Suspense>
    </StrictMode>,
  ),
);
