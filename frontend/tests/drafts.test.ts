import { beforeEach, describe, expect, it } from "vitest";
import type { Draft, Machine } from "../src/api/types";
import { forget, keep, opening } from "../src/features/designer/kept";
import { meet } from "../src/features/designer/meeting";
import { storage } from "./storage";

const text = (text: string) => ({ text, format: "json" as const });

/** What the server has: a revision, and a draft over it by its count of saves. */
function has(revision: number, definition: string, draft?: [saves: number, text: string]): Machine {
  return {
    id: "m",
    revision,
    definition,
    format: "json",
    draft: draft
      ? ({ ...text(draft[1]), base_revision: 1, saves: draft[0], author: "bob" } as Draft)
      : null,
  } as Machine;
}

describe("an editor that has met something else than it replaces", () => {
  const at = { base: 1, saves: 3 };

  it("goes on from its own revision, whose answer was lost", () => {
    const met = meet(has(2, "sent"), at, [text("had"), text("sent")], "draft");
    expect(met).toEqual({ place: { base: 2, saves: null }, theirs: null });
  });

  it("goes on from a revision that somebody made of the draft that it has been edited from", () => {
    const met = meet(has(2, "had"), at, [text("had")], "revision");
    expect(met).toEqual({ place: { base: 2, saves: null }, theirs: null });
  });

  it("goes on from its own revision and the draft that it has kept over it since", () => {
    const met = meet(has(2, "sent", [4, "later"]), at, [text("sent"), text("later")], "revision");
    expect(met).toEqual({ place: { base: 2, saves: 4 }, theirs: null });
  });

  it("asks about a draft, and about a revision, of which it knows nothing", () => {
    expect(meet(has(1, "head", [4, "theirs"]), at, [text("had")], "draft").theirs).toMatchObject({
      text: "theirs",
      saves: 4,
      base: 1,
    });
    expect(meet(has(2, "theirs"), at, [text("had")], "draft").theirs).toMatchObject({
      text: "theirs",
      saves: null,
      base: 2,
    });
  });

  it("keeps its draft beside somebody's revision, and asks before it saves one over it", () => {
    const found = has(2, "theirs", [3, "had"]);
    expect(meet(found, at, [text("had")], "draft")).toEqual({ place: at, theirs: null });
    expect(meet(found, at, [text("had")], "revision").theirs).toMatchObject({
      text: "theirs",
      saves: 3,
      base: 2,
    });
  });

  it("asks when its draft was thrown away", () => {
    expect(meet(has(1, "head"), at, [text("had")], "draft").theirs).toMatchObject({ text: "head" });
  });
});

describe("what a browser keeps", () => {
  const at = { base: 1, saves: 3 };
  beforeEach(() => {
    globalThis.localStorage = storage();
  });

  it("is nothing once the server has it, so that who has gone on elsewhere is asked nothing", () => {
    keep("m", text("here"), at, []);
    forget("m", text("here"));
    const begun = opening(has(1, "head", [9, "elsewhere"]));
    expect(begun).toMatchObject({ text: "elsewhere", unsent: false, theirs: null });
  });

  it("is not forgotten for what another window has sent", () => {
    keep("m", text("here"), at, []);
    forget("m", text("of another window"));
    expect(opening(has(1, "head", [3, "had"]))).toMatchObject({ text: "here", unsent: true });
  });

  it("goes on from where it was made, also after an answer that was lost, or a revision of it", () => {
    keep("m", text("here"), at, [text("had"), text("sent")]);
    const place = (machine: Machine) => {
      const begun = opening(machine);
      return [begun.text, begun.theirs, begun.at];
    };
    expect(place(has(1, "head", [4, "sent"]))).toEqual(["here", null, { base: 1, saves: 4 }]);
    expect(place(has(2, "had"))).toEqual(["here", null, { base: 2, saves: null }]);
  });

  it("is asked about when the server has something else by now", () => {
    keep("m", text("here"), at, [text("had")]);
    expect(opening(has(1, "head", [4, "elsewhere"])).theirs?.text).toBe("elsewhere");
    keep("m", text("here"), { base: 1, saves: null }, [text("head")]);
    expect(opening(has(2, "elsewhere")).theirs?.text).toBe("elsewhere");
  });

  it("goes without its origins where there is no room for them", () => {
    globalThis.localStorage = storage(150);
    expect(keep("m", text("here"), at, [text("x".repeat(100))])).toBe(true);
    expect(opening(has(1, "head", [3, "had"])).text).toBe("here");
    expect(keep("m", text("y".repeat(200)), at, [])).toBe(false);
  });
});
