import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../workspace/repository.js';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {string[]} the folders of all packages of this repository that have tests in Jest */
export function testedFolders(root = ROOT) {
  /** @type {{ workspaces: string[] }} */
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces
    .flatMap((workspace) => {
      const [parent, rest] = workspace.split('/*');
      if (parent === undefined || rest === undefined) return [workspace];
      return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
    })
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(join(folder, 'jest.config.js')));
}

/** Removes the counts of earlier runs. @param {readonly string[]} folders */
export function forgetTestCounts(folders) {
  for (const folder of folders) rmSync(fileIn(folder), { force: true });
}

/**
 * What the reporter of jest.counts.js wrote, added up.
 *
 * @param {readonly string[]} folders of packages
 * @returns {Counts & { missing: string[] }} with the folders where no test ran
 */
export function readTestCounts(folders) {
  const ran = folders.filter((folder) => existsSync(fileIn(folder)));
  const counts = sum(ran.map((folder) => readCounts(fileIn(folder))));
  return { ...counts, missing: folders.filter((folder) => !ran.includes(folder)) };
}

/**
 * @param {string} file
 * @returns {Counts} zeros where there is no file
 */
export function readCounts(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** @param {readonly Counts[]} counts @returns {Counts} */
export function sum(counts) {
  const add = (/** @type {keyof Counts} */ kind) =>
    counts.reduce((before, one) => before + one[kind], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}

/**
 * The counts of a step, in which something failed if it says so or if it passed nothing: a failure
 * that no test reported (of the linter, of a build) counts as one.
 *
 * @param {Counts} counts
 * @param {boolean} succeeded
 * @returns {Counts}
 */
export function settled({ passed, failed, skipped }, succeeded) {
  return { passed, failed: failed || (succeeded && passed > 0 ? 0 : 1), skipped };
}

/** @param {string} folder */
const fileIn = (folder) => join(folder, 'test-counts.json');
