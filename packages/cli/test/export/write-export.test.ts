import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { writeExport } from '../../src/export/write-export.ts';

const folder = temporaryFolder();
const bytes = Uint8Array.of(1, 2, 3);
const files = [
  { name: 'model.onnx', bytes },
  { name: 'labels.json', bytes },
];

test('the files and their checksums', async () => {
  const out = join(folder(), 'new', 'out');
  await writeExport(out, files);
  expect(readdirSync(out).sort()).toEqual(['SHA256SUMS', 'labels.json', 'model.onnx']);
});

const hasFullDevice = existsSync('/dev/full');

(hasFullDevice ? test : test.skip)('nothing is kept of what the disk has no room for', async () => {
  symlinkSync('/dev/full', join(folder(), 'labels.json'));
  await expect(writeExport(folder(), files)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(
      /^\[fbsd\] export: the model cannot be written to .*ENOSPC.*labels\.json'\. Nothing of it is kept: make room, and export again\.$/,
    ),
  });
  expect(readdirSync(folder())).toEqual([]);
});
