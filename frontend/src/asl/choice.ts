import { t } from "../i18n";
import { isObject, type Json, type JsonObject, text } from "./model";

/** ASL's 39 data tests, in the order in which a person looks for them. */
const FAMILIES = { String: "string", Numeric: "number", Timestamp: "timestamp" } as const;
const COMPARISONS = {
  Equals: "==",
  LessThan: "<",
  LessThanEquals: "<=",
  GreaterThan: ">",
  GreaterThanEquals: ">=",
} as const;

export type Operand = "string" | "number" | "timestamp" | "boolean" | "path";
export interface Operator {
  readonly name: string;
  readonly sign: string;
  readonly operand: Operand;
  readonly family: string;
}

export const OPERATORS: readonly Operator[] = [
  ...Object.entries(FAMILIES).flatMap(([family, operand]) =>
    Object.entries(COMPARISONS).flatMap(([name, sign]): Operator[] => [
      { name: `${family}${name}`, sign, operand, family },
      { name: `${family}${name}Path`, sign, operand: "path", family },
    ]),
  ),
  { name: "StringMatches", sign: "matches", operand: "string", family: "String" },
  { name: "BooleanEquals", sign: "==", operand: "boolean", family: "Boolean" },
  { name: "BooleanEqualsPath", sign: "==", operand: "path", family: "Boolean" },
  ...["Null", "Present", "Numeric", "String", "Boolean", "Timestamp"].map(
    (kind): Operator => ({
      name: `Is${kind}`,
      sign: `is ${kind.toLowerCase()}`,
      operand: "boolean",
      family: "Type",
    }),
  ),
];

export function operatorOf(rule: JsonObject): Operator | undefined {
  return OPERATORS.find((operator) => Object.hasOwn(rule, operator.name));
}

/** A rule in one short line, for an edge's label: `$.status == "FAILED"`. */
export function ruleLabel(rule: Json | undefined): string {
  if (!isObject(rule)) return "?";
  if (typeof rule.Condition === "string") {
    return rule.Condition.replace(/^\{%\s*|\s*%\}$/g, "");
  }
  if (Array.isArray(rule.And)) return rule.And.map(nested).join(` ${t("and")} `);
  if (Array.isArray(rule.Or)) return rule.Or.map(nested).join(` ${t("or")} `);
  if (rule.Not !== undefined) return t("not {rule}", { rule: nested(rule.Not) });
  const operator = operatorOf(rule);
  const variable = text(rule.Variable) ?? "?";
  if (!operator) return variable;
  const operand = rule[operator.name];
  if (operator.family === "Type") {
    return operand === false
      ? `${variable} ${operator.sign.replace("is", "is not")}`
      : `${variable} ${operator.sign}`;
  }
  const shown = operator.operand === "path" ? String(operand) : JSON.stringify(operand);
  return `${variable} ${operator.sign} ${shown}`;
}

function nested(rule: Json): string {
  const label = ruleLabel(rule);
  return isObject(rule) && (Array.isArray(rule.And) || Array.isArray(rule.Or))
    ? `(${label})`
    : label;
}

/** The same test with another operator: a value that still fits is kept. */
export function withOperator(given: JsonObject, name: string): JsonObject {
  const logic = logicOf(given);
  const first = logic ? given[logic] : undefined;
  const inner = Array.isArray(first) ? first[0] : first;
  // Out of And, Or or Not the first part is taken on: it is the likeliest to be wanted.
  const rest = Object.entries(given).filter(([key]) => key !== logic);
  const rule: JsonObject = logic
    ? {
        ...(isObject(inner) && operatorOf(inner) ? inner : { Variable: "$.value" }),
        ...Object.fromEntries(rest),
      }
    : given;
  const next = OPERATORS.find((operator) => operator.name === name);
  const before = operatorOf(rule);
  const value = before ? rule[before.name] : undefined;
  const result: JsonObject = {};
  for (const [key, old] of Object.entries(rule)) {
    if (key === before?.name) result[name] = fitting(next, value);
    else if (!["And", "Or", "Not", "Condition"].includes(key)) result[key] = old;
  }
  if (!before) result[name] = fitting(next, value);
  return result;
}

function fitting(operator: Operator | undefined, value: Json | undefined): Json {
  switch (operator?.operand) {
    case "boolean":
      return typeof value === "boolean" ? value : true;
    case "number":
      return typeof value === "number" ? value : Number(value) || 0;
    case "path":
      return typeof value === "string" && value.startsWith("$") ? value : "$.";
    case "timestamp":
      return typeof value === "string" && /^\d{4}-/.test(value) ? value : "2026-01-01T00:00:00Z";
    default:
      return value === undefined ? "" : String(value);
  }
}

export const LOGIC = ["And", "Or", "Not"] as const;
export type Logic = (typeof LOGIC)[number];

export function logicOf(rule: JsonObject): Logic | undefined {
  return LOGIC.find((key) => rule[key] !== undefined);
}

/** What belongs to the rule and not to its test. */
const OF_THE_RULE = ["Next", "Assign", "Output", "Comment"];

/** The same rule with And, Or or Not: what was tested becomes the first part of it. */
export function withLogic(rule: JsonObject, logic: Logic): JsonObject {
  const before = logicOf(rule);
  const entries = Object.entries(rule);
  const kept = Object.fromEntries(entries.filter(([key]) => OF_THE_RULE.includes(key)));
  const test = Object.fromEntries(entries.filter(([key]) => !OF_THE_RULE.includes(key)));
  const held = before ? rule[before] : undefined;
  const parts: Json[] = Array.isArray(held)
    ? held
    : before === "Not" && isObject(held)
      ? [held]
      : [test];
  if (logic === "Not") return { Not: before === undefined ? test : (parts[0] ?? test), ...kept };
  const two = parts.length > 1 ? parts : [...parts, { Variable: "$.value", IsPresent: true }];
  return { [logic]: two, ...kept };
}
