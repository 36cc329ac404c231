import preset from '../jest.preset.js';

/** @type {import('jest').Config} A folder per tool, each with its tests. */
export default { ...preset, testMatch: ['<rootDir>/**/test/**/*.test.ts'] };
