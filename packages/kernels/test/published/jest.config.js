import { project } from '../../../../jest.preset.js';

/**
 * Runs the tests that tfjs-core publishes in its package, on our kernels. They are ES modules in a
 * package of CommonJS, written for Jasmine: transformed here, with Jest's own functions in its place.
 */
const published = '@tensorflow/tfjs-core/dist/ops/.*_test\\.js$';

/** @type {import('jest').Config} */
export default {
  ...project,
  displayName: 'published by tfjs-core',
  testMatch: ['<rootDir>/*.test.ts'],
  transform: {
    ...project.transform,
    [published]: ['@swc/jest', { swcrc: false, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!${published})`],
  moduleNameMapper: {
    '^(\\.\\./)+index$': '@tensorflow/tfjs-core',
    '^(\\.\\./)+(jasmine_util|test_util)$': '<rootDir>/jasmine-in-jest.cjs',
  },
};
