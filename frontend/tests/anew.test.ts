import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { fetchAnew } from "../src/api/anew";

test("an answer that was on its way when something changed is not taken for the new one", async () => {
  const queries = new QueryClient();
  const answers: ((rows: string[]) => void)[] = [];
  const observer = new QueryObserver(queries, {
    queryKey: ["versions"],
    queryFn: () => new Promise<string[]>((resolve) => answers.push(resolve)),
  });
  const unsubscribe = observer.subscribe(() => undefined);
  const anew = fetchAnew(queries, { queryKey: ["versions"] });
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.(["1"]);
  await anew;
  answers[0]?.([]);
  expect(queries.getQueryData(["versions"])).toEqual(["1"]);
  unsubscribe();
});
