import type { InvalidateQueryFilters, QueryClient } from "@tanstack/react-query";

/**
 * Fetch again what `filters` names, because it has changed on the server.
 *
 * An answer still on its way was perhaps given before the change. Invalidating alone would take it for the new one
 * where it is the first of its query, and a list would go without what was just made.
 */
export async function fetchAnew(
  queries: QueryClient,
  filters: InvalidateQueryFilters,
): Promise<void> {
  await queries.cancelQueries(filters);
  await queries.invalidateQueries(filters);
}
