import { describe, expect, it } from "vitest";
import { routesOf, shares } from "../src/features/machines/AliasDialog";

describe("the routes of an alias", () => {
  it("always make a hundred percent", () => {
    expect(routesOf(3, null, "10")).toEqual([{ version: 3, weight: 100 }]);
    expect(routesOf(3, 2, " 25 ")).toEqual([
      { version: 3, weight: 75 },
      { version: 2, weight: 25 },
    ]);
  });

  it("are not there while the form says what cannot be", () => {
    for (const percent of ["", "-1", "101", "1.5", "x"]) expect(routesOf(3, 2, percent)).toBeNull();
    expect(routesOf(3, 3, "10")).toBeNull();
  });

  it("are told in one line", () => {
    expect(shares([{ version: 3, weight: 100 }])).toBe("3");
    expect(shares(routesOf(3, 2, "25") ?? [])).toBe("3 (75 %), 2 (25 %)");
  });
});
