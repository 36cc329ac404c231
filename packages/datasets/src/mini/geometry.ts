export type Point = readonly [x: number, y: number];

/** An affine map: (x, y) → (a·x + c·y + e, b·x + d·y + f), as in SVG's `matrix(a b c d e f)`. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Mirrors (when told to), then rotates by `degrees`, then scales, then moves the origin to `to`. */
export function placement(mirror: boolean, degrees: number, scale: number, to: Point): Affine {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle) * scale;
  const sin = Math.sin(angle) * scale;
  const side = mirror ? -1 : 1;
  return [side * cos, side * sin, -sin, cos, to[0], to[1]];
}

export function apply([a, b, c, d, e, f]: Affine, [x, y]: Point): Point {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** The point at `degrees` (clockwise from the right, as y points down) and `radius` around `centre`. */
export function around([x, y]: Point, radius: number, degrees: number): Point {
  const angle = (degrees * Math.PI) / 180;
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function boundsOf(points: readonly Point[]): Bounds {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
}

/** Bézier segments [from, control, control, to] of a closed curve through all points (Catmull–Rom). */
function segments(points: readonly Point[]): [Point, Point, Point, Point][] {
  const at = (i: number) => points[(i + points.length) % points.length] as Point;
  const step = (from: Point, to: Point, by: number): Point => [
    (to[0] - from[0]) * by,
    (to[1] - from[1]) * by,
  ];
  const add = (p: Point, q: Point): Point => [p[0] + q[0], p[1] + q[1]];
  return points.map((from, i) => {
    const to = at(i + 1);
    const leave = step(at(i - 1), to, 1 / 6);
    const arrive = step(at(i + 2), from, 1 / 6);
    return [from, add(from, leave), add(to, arrive), to];
  });
}

/** SVG path data of the smooth closed curve through all points. */
export function smoothPath(points: readonly Point[]): string {
  const [first] = points;
  const curves = segments(points).map(([, a, b, to]) => `C${pair(a)} ${pair(b)} ${pair(to)}`);
  return first ? `M${pair(first)}${curves.join('')}Z` : '';
}

/** Points on that curve, close enough to each other for its bounds. */
export function smoothSamples(points: readonly Point[]): Point[] {
  return segments(points).flatMap(([p, q, r, s]) =>
    [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875].map((t): Point => {
      const u = 1 - t;
      const [w0, w1, w2, w3] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      return [
        w0 * p[0] + w1 * q[0] + w2 * r[0] + w3 * s[0],
        w0 * p[1] + w1 * q[1] + w2 * r[1] + w3 * s[1],
      ];
    }),
  );
}

/** Tells if a point lies in a polygon: a ray to the right crosses its edges an odd number of times. */
export function inside([x, y]: Point, polygon: readonly Point[]): boolean {
  return polygon.reduce((odd, [x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length] as Point;
    return y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1) ? !odd : odd;
  }, false);
}

/** SVG path data of straight lines through all points. */
export function linePath(points: readonly Point[]): string {
  return points.map((point, i) => `${i === 0 ? 'M' : 'L'}${pair(point)}`).join('');
}

/** A number with at most two decimals: so that the text does not depend on the last bits of a cosine. */
export function number(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}

export function pair([x, y]: Point): string {
  return `${number(x)} ${number(y)}`;
}
