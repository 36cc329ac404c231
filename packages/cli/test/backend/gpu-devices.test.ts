import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { mayHaveGPU } from '../../src/backend/gpu-devices.ts';

const folder = temporaryFolder();

test.each([
  [['null', 'tty1', 'dri/card0'], false],
  [[], false],
  [['null', 'dri/card0', 'dri/renderD128'], true],
  [['nvidia0', 'nvidiactl'], true],
  [['nvidiactl'], false], // the driver without a card
  [['kfd'], true],
  [['dxg'], true],
])('with the devices %j of Linux there may be a GPU: %s', (devices, expected) => {
  for (const device of devices) {
    mkdirSync(dirname(join(folder(), device)), { recursive: true });
    writeFileSync(join(folder(), device), '');
  }
  expect(mayHaveGPU('linux', folder())).toBe(expected);
});

test('systems that do not tell may have one', () => {
  expect(mayHaveGPU('darwin', join(folder(), 'nowhere'))).toBe(true);
});
