import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resnet, saveStateDict } from '@fbsd/backbones';
import { type FBSDArgs, fbsd, newWeightNames } from '@fbsd/fbsd';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { weightDigests } from '../../../trainer/test/model/weight-digests.ts';
import { loadInitialWeights } from '../../src/run/initial-weights.ts';

const folder = temporaryFolder();
const args = {
  arch: 'mini',
  classes: 3,
  imageSize: 65,
  convWidths: [8, 12],
  hiddenUnits: 6,
} as const satisfies FBSDArgs;

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
});

describe('loadInitialWeights', () => {
  test('--pretrained sets the backbone and leaves the head', async () => {
    const mini = {
      name: 'mini',
      block: 'basic',
      depths: [2, 2, 2, 2],
      width: 32,
      stemSize: 3,
    } as const;
    const source = resnet({ ...mini, seed: 9 }).model({ inputShape: [65, 65, 3] });
    const file = join(folder(), 'backbone.safetensors');
    await writeFile(file, await saveStateDict(source));
    const model = fbsd({ ...args, seed: 1 });
    const isNew = (name: string) => newWeightNames(model)?.has(name) ?? false;
    const head = weightDigests(model, isNew);

    const said = await loadInitialWeights(model, { pretrained: file, initFrom: null });
    expect(said).toContain(file);
    expect(weightDigests(model, (name) => !isNew(name))).toEqual(weightDigests(source));
    expect(weightDigests(model, isNew)).toEqual(head);
    source.dispose();
    model.dispose();
  });

  test('--pretrained comes to the same weights where the backbone was not drawn before', async () => {
    const file = join(folder(), 'drawn.safetensors');
    const source = fbsd({ ...args, seed: 9 });
    await writeFile(file, await saveStateDict(source)); // what it has of the head is left out
    const digests = [];
    for (const initialWeights of ['random', { backbone: 'zeros' }] as const) {
      const model = fbsd({ ...args, seed: 1, initialWeights });
      await loadInitialWeights(model, { pretrained: file, initFrom: null });
      digests.push(weightDigests(model));
      model.dispose();
    }
    expect(digests[1]).toEqual(digests[0]);
    expect(digests[0]).not.toEqual(weightDigests(source));
    source.dispose();
  });

  test('--init-from sets the whole model, and refuses other classes', async () => {
    const source = fbsd({ ...args, seed: 9 });
    const file = join(folder(), 'fbsd.safetensors');
    await writeFile(file, await saveStateDict(source, { names: 'fbsd' }));
    const model = fbsd({ ...args, seed: 1 });
    await loadInitialWeights(model, { pretrained: null, initFrom: file });
    expect(weightDigests(model)).toEqual(weightDigests(source));

    const other = fbsd({ ...args, classes: 4, seed: 1 });
    const before = weightDigests(other);
    await expect(loadInitialWeights(other, { pretrained: null, initFrom: file })).rejects.toThrow(
      'classifier',
    );
    expect(weightDigests(other)).toEqual(before);
    for (const x of [source, model, other]) x.dispose();
  });

  test('does nothing without a file, and refuses both or one that is not there', async () => {
    const model = fbsd(args);
    expect(await loadInitialWeights(model, { pretrained: null, initFrom: null })).toBeNull();
    await expect(loadInitialWeights(model, { pretrained: 'a', initFrom: 'b' })).rejects.toThrow(
      'give one of them',
    );
    const missing = join(folder(), 'missing.pth');
    await expect(
      loadInitialWeights(model, { pretrained: missing, initFrom: null }),
    ).rejects.toThrow(missing);
    model.dispose();
  });
});
