import { jest } from '@jest/globals';

jest.unstable_mockModule('@fbsd/native', () => ({
  startNativeKernels() {
    throw new Error('it was started');
  },
}));
jest.mock('@fbsd/native/package.json', () => ({ version: '7.6.5' }));
const { useNative } = await import('@fbsd/kernels/node');

test('another version of @fbsd/native is not started', async () => {
  await expect(useNative()).rejects.toThrow(
    /^\[@fbsd\/kernels\] useNative: @fbsd\/native 7\.6\.5 and @fbsd\/kernels \S+ do not fit together\. Install the same version of both: npm install @fbsd\/native@\d/,
  );
});
