import { FLAGS, SWITCHES, type Switch } from './flags.ts';
import { MINI, PUBLISHED } from './presets.ts';
import { DEFAULTS, type Settings } from './settings.ts';

/** A line of help for each flag: what it takes, what it means, its default. */
export function helpOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map(lineOf));
}

function lineOf(name: string): [string, string] {
  const flag = FLAGS[name];
  if (!flag) return [name, (SWITCHES[name] as Switch).help];
  return [`${name} ${flag.value.metavar}`, withDefault(flag.help, defaultOf(flag.key))];
}

function withDefault(help: string, value: string): string {
  if (value === '') return help;
  return help.endsWith(')')
    ? `${help.slice(0, -1)}; default ${value})`
    : `${help} (default ${value})`;
}

/** What a setting is where nothing gives it: as FBSD was published, and with small, drawn data. */
function defaultOf(key: keyof Settings): string {
  if (key in PUBLISHED) {
    const [published, drawn] = [PUBLISHED, MINI].map((preset) => preset[key as keyof typeof MINI]);
    return published === drawn ? String(published) : `${published}, with drawn data ${drawn}`;
  }
  return String(DEFAULTS[key as keyof typeof DEFAULTS] ?? '');
}
