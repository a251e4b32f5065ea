import type { Json } from "../../asl/model";
import { t } from "../../i18n";

/** What a new machine begins as. All of them are valid and run without any function. */
export const STARTERS: readonly {
  id: string;
  title: string;
  description: string;
  definition: Json;
}[] = [
  {
    id: "pass",
    title: t("One step"),
    description: t("A single Pass state, to draw from"),
    definition: { StartAt: "First step", States: { "First step": { Type: "Pass", End: true } } },
  },
  {
    id: "loop",
    title: t("A loop with a way out"),
    description: t("Wait, take one off a list, and go on when it is empty"),
    definition: {
      StartAt: "Begin",
      States: {
        Begin: { Type: "Pass", Result: { left: ["a", "b", "c"] }, Next: "Pause" },
        Pause: { Type: "Wait", Seconds: 1, Next: "Take one" },
        "Take one": {
          Type: "Pass",
          Parameters: { "one.$": "$.left[0]", "left.$": "$.left[1:]" },
          Next: "More?",
        },
        "More?": {
          Type: "Choice",
          Choices: [{ Variable: "$.left[0]", IsPresent: true, Next: "Pause" }],
          Default: "Done",
        },
        Done: { Type: "Succeed" },
      },
    },
  },
  {
    id: "parallel",
    title: t("Two things at once"),
    description: t("A Parallel state whose branches come together"),
    definition: {
      StartAt: "Both",
      States: {
        Both: {
          Type: "Parallel",
          Branches: [
            { StartAt: "Left", States: { Left: { Type: "Wait", Seconds: 2, End: true } } },
            { StartAt: "Right", States: { Right: { Type: "Pass", Result: "right", End: true } } },
          ],
          Next: "Together",
        },
        Together: { Type: "Pass", End: true },
      },
    },
  },
  {
    id: "map",
    title: t("For each item"),
    description: t("A Map state over a list of the input"),
    definition: {
      StartAt: "Items",
      States: {
        Items: { Type: "Pass", Result: { items: [1, 2, 3] }, Next: "Each" },
        Each: {
          Type: "Map",
          ItemsPath: "$.items",
          MaxConcurrency: 2,
          ItemProcessor: {
            ProcessorConfig: { Mode: "INLINE" },
            StartAt: "Work",
            States: { Work: { Type: "Wait", Seconds: 1, End: true } },
          },
          End: true,
        },
      },
    },
  },
];
