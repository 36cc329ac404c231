/** Colours of a glowing body by response: red, green, blue. In between they are mixed. */
const GLOW = [
  [18, 12, 48],
  [98, 24, 106],
  [192, 52, 80],
  [246, 142, 22],
  [255, 248, 176],
] as const;

/**
 * Colours a response like a glowing body, the weaker the more transparent: 0…1 → red, green, blue, opacity, each an
 * integer in [0, 255].
 */
export function glow(value: number): [number, number, number, number] {
  const place = value * (GLOW.length - 1);
  const below = Math.min(Math.floor(place), GLOW.length - 2);
  const mix = (channel: 0 | 1 | 2) => {
    const [from, to] = [GLOW[below]?.[channel] as number, GLOW[below + 1]?.[channel] as number];
    return Math.round(from + (to - from) * (place - below));
  };
  return [mix(0), mix(1), mix(2), Math.round(255 * (0.12 + 0.76 * value))];
}
