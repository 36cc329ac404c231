/** Stands in place of a number that is not finite. */
const UNKNOWN = '–';

/** 0.8567 → 85.7% */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)}%` : UNKNOWN;
}

/** Three significant digits, without an exponent where that is short: 1.23, 0.0124, 1230, 2.5e-7. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e6) return String(Math.round(value));
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  }
  return String(Number(value.toPrecision(3)));
}

/** Seconds as 45 s, 3 min 5 s, 2 h 3 min or 3 d 4 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** 1.5e9 → 1.5 GB (decimal units) */
export function bytes(count: number): string {
  if (!Number.isFinite(count)) return UNKNOWN;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), units.length - 1);
  return `${Number((count / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** 11788 → 11,788 */
export function count(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en') : UNKNOWN;
}
