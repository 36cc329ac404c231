import { giveBack } from '../../src/web/give-back.ts';

test('nothing is left of a buffer that is given back', () => {
  const bytes = new Uint8Array(1000).fill(7);
  const other = new Uint8Array(bytes.buffer, 500);
  giveBack(bytes.buffer);
  expect([bytes.length, other.length, bytes.buffer.byteLength]).toEqual([0, 0, 0]);
});
