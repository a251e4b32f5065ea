import Spinner from "@cloudscape-design/components/spinner";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { createBrowserRouter, Navigate, Outlet, RouterProvider } from "react-router";
import { Problem } from "../api/http";
import { machineToEdit } from "../features/designer/opened";
import { Flashes } from "../ui/flash";
import { Crash } from "./Crash";
import { Frame } from "./Frame";
import { OfflineBanner } from "./OfflineBanner";
import { useHeadingFocus } from "./useHeadingFocus";
import { useKeptFocus } from "./useKeptFocus";

/**
 * A page whose code comes when it is first asked for. The router waits for it, not Suspense: React keeps a
 * fallback that it has shown for 300 ms, even when the page is there after 20.
 */
function page(load: () => Promise<{ default: ComponentType }>) {
  return {
    lazy: async () => ({ Component: (await load()).default }),
    hydrateFallbackElement: <Spinner size="large" />,
  };
}

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (!(error instanceof Problem && error.status === 401)) return;
      if (!/^\/(signin|shared)/.test(location.pathname)) void router.navigate("/signin");
    },
  }),
  defaultOptions: {
    // Held back until the browser believes in a network, a write would be done when nobody expects it any more; and a
    // Treadle on the same machine needs none.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: 5_000,
      retry: (count, error) =>
        count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

function Outer() {
  useHeadingFocus();
  useKeptFocus();
  return (
    <>
      <Frame />
      <OfflineBanner />
      <Outlet />
      <Flashes />
    </>
  );
}

const router = createBrowserRouter([
  {
    element: <Outer />,
    errorElement: <Crash />,
    children: [
      { path: "/", element: <Navigate to="/machines" replace /> },
      { path: "/signin", ...page(() => import("../features/session/SignIn")) },
      { path: "/machines", ...page(() => import("../features/machines/MachinesPage")) },
      { path: "/machines/:id", ...page(() => import("../features/machines/MachinePage")) },
      {
        path: "/machines/:id/edit",
        ...page(() => import("../features/designer/DesignerPage")),
        // Asked for while the page's code is on its way, and not waited for.
        loader: ({ params }) => {
          void queries.prefetchQuery(machineToEdit(params.id ?? ""));
          return null;
        },
      },
      { path: "/executions", ...page(() => import("../features/executions/ExecutionsPage")) },
      { path: "/executions/:id", ...page(() => import("../features/executions/ExecutionPage")) },
      { path: "/shared/:token", ...page(() => import("../features/shared/SharedPage")) },
      { path: "/settings", ...page(() => import("../features/settings/SettingsPage")) },
      { path: "*", element: <Crash missing /> },
    ],
  },
]);

const PATIENCE_MS = 250;

/**
 * The code of the first page is there. Waited for, but not for long: what is drawn without it is drawn again with it,
 * and the page is seen later for it.
 */
export async function firstPage(): Promise<void> {
  if (router.state.initialized) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    const stop = router.subscribe((state) => {
      if (!state.initialized) return;
      clearTimeout(timer);
      stop();
      resolve();
    });
  });
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
