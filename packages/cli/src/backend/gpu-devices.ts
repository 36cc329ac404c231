import { readdirSync } from 'node:fs';

/** Linux's names of what GPUs are reached through: of any vendor's driver, NVIDIA's, AMD's, and of Windows below it. */
const DEVICES = /^(dri\/renderD\d+|nvidia\d+|kfd|dxg)$/;

/**
 * Tells whether there may be a GPU. Looking for one where there is none lets drivers print what alarms people.
 *
 * @param devices Linux's folder of devices
 * @returns true also on systems that do not tell
 */
export function mayHaveGPU(platform = process.platform, devices = '/dev'): boolean {
  if (platform !== 'linux') return true;
  const names = [...list(devices), ...list(`${devices}/dri`).map((name) => `dri/${name}`)];
  return names.some((name) => DEVICES.test(name));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
