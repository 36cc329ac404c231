import { diffArrays } from 'diff';

/**
 * What makes a binary of another one: before each change so many bytes stay, so many are left out, and others come.
 *
 * @param {Uint8Array} before
 * @param {Uint8Array} after
 * @returns {[kept: number, dropped: number, ...added: number[]][]}
 */
export function changesBetween(before, after) {
  /** @type {[number, number, ...number[]][]} */
  const changes = [[0, 0]];
  let changed = false;
  for (const { added, removed, value } of diffArrays([...before], [...after])) {
    const same = !added && !removed;
    if (same && changed) changes.push([0, 0]);
    changed = !same;
    const last = /** @type {[number, number, ...number[]]} */ (changes.at(-1));
    if (added) last.push(...value);
    else last[removed ? 1 : 0] += value.length;
  }
  return changes;
}
