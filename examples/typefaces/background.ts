import type { Dice } from './random.ts';

/**
 * What words stand on: plain, shaded, striped or with spots, all of about the same lightness, so that every letter
 * stands out.
 *
 * @param lightness in percent
 */
export function drawBackground(d: Dice, size: number, lightness: number): string {
  const hue = d.range(0, 360);
  const tone = () => colour(hue + d.range(-40, 40), d.range(0, 55), lightness + d.range(-7, 7));
  const base = [
    `<defs><linearGradient id="shade" gradientTransform="rotate(${d.range(0, 90).toFixed(1)})">`,
    `<stop offset="0" stop-color="${tone()}"/><stop offset="1" stop-color="${tone()}"/></linearGradient></defs>`,
    `<rect width="${size}" height="${size}" fill="url(#shade)"/>`,
  ];
  const count = d.pick([0, 0, 4, 7, 11]);
  const draw = d.pick([spot, stripe]);
  return [...base, ...Array.from({ length: count }, () => draw(d, size, tone()))].join('');
}

function spot(d: Dice, size: number, tone: string): string {
  const [x, y, r] = [d.range(0, size), d.range(0, size), d.range(0.03, 0.22) * size];
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r.toFixed(1)}" fill="${tone}"/>`;
}

function stripe(d: Dice, size: number, tone: string): string {
  const [from, to] = [d.range(-0.2, 1.2) * size, d.range(-0.2, 1.2) * size];
  const line = `M${from.toFixed(1)} 0L${to.toFixed(1)} ${size}`;
  return `<path d="${line}" stroke="${tone}" stroke-width="${d.range(1, 0.08 * size).toFixed(1)}"/>`;
}

/** A colour as `#rrggbb`. */
export function colour(hue: number, saturation: number, lightness: number): string {
  const l = lightness / 100;
  const chroma = (saturation / 100) * Math.min(l, 1 - l);
  const channel = (n: number) => {
    const k = (n + (hue + 360) / 30) % 12;
    const value = Math.round(255 * (l - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
    return value.toString(16).padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
