/** A colour by hue in degrees, saturation and lightness in percent. */
export interface Colour {
  hue: number;
  saturation: number;
  lightness: number;
}

export function colour(hue: number, saturation: number, lightness: number): Colour {
  return { hue, saturation, lightness };
}

/** The same colour, lighter by so many percent of lightness, or darker. */
export function lighter(base: Colour, by: number): Colour {
  return { ...base, lightness: Math.min(97, Math.max(5, base.lightness + by)) };
}

/** `#rrggbb` of a colour. */
export function hex({ hue, saturation, lightness }: Colour): string {
  const l = lightness / 100;
  const a = (saturation / 100) * Math.min(l, 1 - l);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const value = l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** Near-black on light colours and near-white on dark ones, so that a mark is visible on any bird. */
export function contrasting({ hue, lightness }: Colour): Colour {
  return lightness > 50 ? colour(hue, 35, 12) : colour(hue, 45, 95);
}

/** Random choices of one picture, drawn from its stream of numbers in [0, 1). */
export interface Dice {
  /** A number in [from, to). */
  range(from: number, to: number): number;
  /** An integer in [from, to]. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
}

export function dice(next: () => number): Dice {
  return {
    range: (from, to) => from + (to - from) * next(),
    integer: (from, to) => from + Math.floor((to - from + 1) * next()),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(items.length * next())] ?? items[0],
  };
}
