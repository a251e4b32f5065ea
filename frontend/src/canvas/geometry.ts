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

/** The middle of a line by length, or of what is left of it behind its label. */
export function middle(points: readonly Point[], label: Box | null): Point {
  const last = points.at(-1);
  const previous = points.at(-2);
  if (!last || !previous) return { x: 0, y: 0 };
  if (label) {
    const inLabel = previous.y < label.y && last.y > label.y + label.height;
    const from = inLabel ? { x: last.x, y: label.y + label.height } : previous;
    return towards(from, last, Math.max(0, distance(from, last) / 2 - 3));
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
