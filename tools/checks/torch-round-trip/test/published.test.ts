import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadStateDict, type StateTensor } from '@fbsd/backbones';
import { DiskRunStore } from '@fbsd/cli';
import { type ArchitectureName, fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { expectClose, toNHWC } from '@fbsd/testing';
import { readStateDict } from '@fbsd/torch-weights/node';
import { setBackend, type Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const PUBLISHED = path('../published.py');
const FBSD = path('../../../../packages/cli/dist/main.js');
const PYTHON = process.env['PYTHON'] ?? 'python3';
const NEEDED = 'import torch, numpy, safetensors.torch';
const [CLASSES, SIZE] = [7, 128]; // as in published.py

const hasTorch = spawnSync(PYTHON, ['-c', NEEDED]).status === 0;
const reason = hasTorch ? '' : ` (PYTHON, ${PYTHON}, cannot ${NEEDED})`;
let folder: string;

beforeAll(async () => {
  await setBackend('wasm');
  accelerate();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-published-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

(hasTorch ? describe : describe.skip)(`the published class${reason}`, () => {
  test.each<ArchitectureName>(['mini', 'resnet50', 'densenet161'])(
    '%s: its .pth gives its logits here, and comes back by fbsd export, strictly and bit by bit',
    async (arch) => {
      execFileSync(PYTHON, [PUBLISHED, 'write', folder, arch]);
      const model = fbsd({ arch, classes: CLASSES, imageSize: SIZE });
      loadStateDict(model, await readStateDict(join(folder, 'published.pth')));

      const io = await readStateDict(join(folder, 'io.pth'));
      const images = toNHWC(io.get('images') as StateTensor & { data: Float32Array });
      for (const [i, logits] of (model.predict(images) as Tensor[]).entries()) {
        const expected = io.get(`logits.${i}`) as StateTensor & { data: Float32Array };
        const largest = Math.max(...expected.data.map(Math.abs));
        expectClose(logits, expected, { rtol: 1e-4, atol: 1e-4 * largest });
      }

      const [run, out] = [join(folder, 'run'), join(folder, 'exported')];
      const classNames = Array.from({ length: CLASSES }, (_, i) => `class ${i}`);
      const progress = { epoch: 1, step: 0, batch: 0, best: null };
      const checkpoint = { model, velocities: [], progress, classNames };
      await new DiskRunStore(run).save('best', checkpoint);
      model.dispose();
      const flags = ['--format', 'safetensors', '--names', 'fbsd', '--backend', 'wasm'];
      execFileSync(process.execPath, [FBSD, 'export', '--model', run, '--out', out, ...flags]);
      const checked = [PUBLISHED, 'check', folder, arch, join(out, 'model.safetensors')];
      expect(execFileSync(PYTHON, checked, { encoding: 'utf8' })).toContain('came back bit by bit');
    },
    600_000,
  );
});
