import { fbsd } from '@fbsd/fbsd';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { completeSettings } from '../../src/settings/settings.ts';
import { settingsThatFit } from '../../src/setup/memory.ts';

let model: LayersModel;

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  model = fbsd({ arch: 'mini', classes: 200, imageSize: 448, seed: 1 });
});
afterAll(() => model.dispose());

const settings = completeSettings('folder', { data: '/photos', arch: 'mini', batchSize: 80 });
const wasm = { name: 'wasm', description: 'wasm' } as const;

test('a preset batch that wasm cannot hold becomes several, and it says why', () => {
  const said: string[] = [];
  const fitting = settingsThatFit({ settings, model, backend: wasm }, {}, (line) =>
    said.push(line),
  );
  expect(fitting).toEqual({ ...settings, batchSize: 20, accumulate: 4 });
  expect(said).toEqual([
    expect.stringMatching(/^memory {3}about 2\.\d+ GB for a batch of 20 images$/),
    expect.stringMatching(
      /^ {9}80 at once would need 7\.\d+ GB, but WebAssembly has 4\.29 GB: 4 batches make a step of 80; batch norms see 20$/,
    ),
  ]);
});

test('a GPU, whose memory nobody tells, gets what was asked for', () => {
  const gpu = { name: 'webgpu', description: 'webgpu' } as const;
  expect(settingsThatFit({ settings, model, backend: gpu }, {}, () => {})).toEqual(settings);
});
