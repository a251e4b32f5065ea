import Spinner from "@cloudscape-design/components/spinner";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { createBrowserRouter, Navigate, Outlet, RouterProvider } from "react-router";
import { Problem } from "../api/http";
import { SignIn } from "../features/session/SignIn";
import { Flashes } from "../ui/flash";
import { Crash } from "./Crash";
import { Frame } from "./Frame";

const Machines = lazy(() => import("../features/machines/MachinesPage"));
const Machine = lazy(() => import("../features/machines/MachinePage"));
const Designer = lazy(() => import("../features/designer/DesignerPage"));
const Executions = lazy(() => import("../features/executions/ExecutionsPage"));
const Execution = lazy(() => import("../features/executions/ExecutionPage"));
const Shared = lazy(() => import("../features/shared/SharedPage"));
const Settings = lazy(() => import("../features/settings/SettingsPage"));

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (!(error instanceof Problem && error.status === 401)) return;
      if (!/^\/(signin|shared)/.test(location.pathname)) void router.navigate("/signin");
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) =>
        count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

function Outer() {
  return (
    <>
      <Frame />
      <Suspense fallback={<Spinner size="large" />}>
        <Outlet />
      </Suspense>
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
      { path: "/signin", element: <SignIn /> },
      { path: "/machines", element: <Machines /> },
      { path: "/machines/:id", element: <Machine /> },
      { path: "/machines/:id/edit", element: <Designer /> },
      { path: "/executions", element: <Executions /> },
      { path: "/executions/:id", element: <Execution /> },
      { path: "/shared/:token", element: <Shared /> },
      { path: "/settings", element: <Settings /> },
      { path: "*", element: <Crash missing /> },
    ],
  },
]);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
