import { jest } from '@jest/globals';

let failure: Error;
jest.unstable_mockModule('@fbsd/native', () => {
  throw failure;
});
const { useNative } = await import('@fbsd/kernels/node');

test('says what to install where @fbsd/native is not there', async () => {
  failure = Object.assign(new Error("Cannot find package '@fbsd/native' imported from x.js"), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
  await expect(useNative()).rejects.toThrow(
    /^\[@fbsd\/kernels\] useNative: @fbsd\/native is not installed\. Install it: npm install @fbsd\/native$/,
  );
});

test('says what else keeps it from loading', async () => {
  failure = new SyntaxError('Unexpected end of input');
  await expect(useNative()).rejects.toThrow(
    /^\[@fbsd\/kernels\] useNative: @fbsd\/native could not be loaded: Unexpected end of input$/,
  );
});
