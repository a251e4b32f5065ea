import type { Box, Point } from "./layout";

/** An SVG path through the points, with rounded corners. */
export function roundedPath(points: readonly Point[], radius = 6): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, i) => {
    const previous = points[i] as Point;
    const next = rest[i + 1];
    if (!next) {
      path += `L${point.x},${point.y}`;
      return;
    }
    const r = Math.min(radius, distance(previous, point) / 2, distance(point, next) / 2);
    const a = towards(point, previous, r);
    const b = towards(point, next, r);
    path += `L${a.x},${a.y}Q${point.x},${point.y} ${b.x},${b.y}`;
  });
  return path;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return {
    x: from.x + ((to.x - from.x) * by) / length,
    y: from.y + ((to.y - from.y) * by) / length,
  };
}

/** The middle of a line by length; of a line with a label the middle of the longest stretch behind the label. */
export function middle(points: readonly Point[], label: Box | null): Point {
  const last = points.at(-1);
  if (!last || points.length < 2) return { x: 0, y: 0 };
  if (label) {
    const [from, to] = longest(behind(points, label));
    // An arrow's head takes some of the last stretch.
    return towards(from, to, Math.max(0, distance(from, to) / 2 - (to === last ? 3 : 0)));
  }
  let left = points.slice(1).reduce((sum, p, i) => sum + distance(points[i] as Point, p), 0) / 2;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as Point, points[i] as Point];
    const length = distance(a, b);
    if (left <= length) return towards(a, b, left);
    left -= length;
  }
  return last;
}

/** What is left of an upright stretch behind the label that stands on it, and all that follows; else the last stretch. */
function behind(points: readonly Point[], label: Box): readonly Point[] {
  const [x, low] = [label.x + label.width / 2, label.y + label.height];
  const at = points.findIndex((b, i) => {
    const a = points[i - 1];
    if (!a || Math.abs(a.x - b.x) > 1 || Math.abs(a.x - x) > 1) return false;
    return Math.min(a.y, b.y) <= label.y && Math.max(a.y, b.y) >= low;
  });
  if (at < 0) return points.slice(-2);
  const [a, b] = [points[at - 1] as Point, points[at] as Point];
  return [{ x: b.x, y: b.y > a.y ? low : label.y }, ...points.slice(at)];
}

function longest(points: readonly Point[]): [Point, Point] {
  const stretches = points.slice(1).map((b, i): [Point, Point] => [points[i] as Point, b]);
  const length = Math.max(...stretches.map(([a, b]) => distance(a, b)));
  return stretches.find(([a, b]) => distance(a, b) > length - 1) as [Point, Point];
}

/** A point on the last stretch of a line, this far before its end. */
export function nearEnd(points: readonly Point[], by: number): Point | undefined {
  const last = points.at(-1);
  const previous = points.at(-2);
  return last && previous && towards(last, previous, Math.min(by, distance(last, previous)));
}

export function distanceToLine(point: Point, line: readonly Point[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1] as Point, line[i] as Point];
    const length = distance(a, b) ** 2 || 1;
    const t = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length;
    const clamped = Math.max(0, Math.min(1, t));
    best = Math.min(
      best,
      distance(point, { x: a.x + clamped * (b.x - a.x), y: a.y + clamped * (b.y - a.y) }),
    );
  }
  return best;
}

export function contains(box: Box, point: Point): boolean {
  return (
    point.x >= box.x &&
    point.x <= box.x + box.width &&
    point.y >= box.y &&
    point.y <= box.y + box.height
  );
}
