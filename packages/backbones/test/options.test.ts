import * as backbones from '@fbsd/backbones';
import { BACKENDS } from '@fbsd/testing';
import { setBackend } from '@tensorflow/tfjs-core';

beforeAll(async () => {
  await setBackend(BACKENDS[0]);
});

/** Calls as they come from a program without TypeScript. */
const { batchNorm, convolution, denseLayer, densenet, foldBatchNorms, resnet, ...others } =
  // biome-ignore lint/suspicious/noExplicitAny: what came may be anything
  backbones as any;
const tiny = () => resnet({ name: 'tiny', block: 'basic', depths: [1], width: 2 });

test.each([
  [() => batchNorm({ momentun: 0.1 }), "there is no option 'momentun'. Did you mean 'momentum'?"],
  [() => batchNorm({ epsilon: '1' }), "epsilon must be above 0; got '1'."],
  [() => batchNorm({ momentum: '0.1' }), "momentum must be from 0 to 1; got '0.1'."],
  [() => batchNorm(Promise.resolve({})), 'got a Promise. Await it.'],
  [() => denseLayer(), 'expects options such as { growth: 32 }; got undefined.'],
  [() => denseLayer({ growht: 3 }), "Did you mean 'growth'?"],
  [() => denseLayer({ growth: '3' }), "growth must be a whole number from 1; got '3'."],
  [() => convolution({ name: 'c', filters: 3, size: 3, stride: 2 }), "Did you mean 'strides'?"],
  [() => resnet(), 'resnet: expects options'],
  [() => resnet({ name: 'r', block: 'basic', depth: [1] }), "Did you mean 'depths'?"],
  [() => resnet({ name: 'r', block: 'basic' }), 'one per stage; got undefined'],
  [() => resnet({ name: 'r', block: 'basic', depths: '3' }), "got '3'"],
  [() => densenet({ name: 'd', depths: [1], grow: 3 }), "Did you mean 'growth'?"],
  [() => others.resnet18({ sead: 1 }), "Did you mean 'seed'?"],
  [() => tiny().model(), 'tiny.model: expects options such as { inputShape: [224, 224, 3] }'],
  [() => tiny().model({ inputShape: [8, 8, 3], tap: ['stem'] }), "Did you mean 'taps'?"],
  [() => tiny().classifier({ inputShape: [8, 8, 3], classes: '3' }), "from 1; got '3'."],
  [() => tiny().classifier({ inputShape: [8, 8, 3], class: 3 }), "Did you mean 'classes'?"],
  [() => foldBatchNorms(Promise.resolve()), 'foldBatchNorms: expects a tf.LayersModel'],
] as [() => unknown, string][])('case %#', (call, message) => {
  expect(call).toThrow(message);
  expect(call).toThrow('[@fbsd/backbones] ');
});

test('writing likewise', async () => {
  const model = tiny().model({ inputShape: [8, 8, 3] });
  await expect(others.saveStateDict(model, { name: 'fbsd' })).rejects.toThrow(
    "Did you mean 'names'?",
  );
  await expect(others.stateDict(model, { names: 'timm' })).rejects.toThrow("got 'timm'");
  await expect(others.stateDict(Promise.resolve(model))).rejects.toThrow(
    'got a Promise. Await it.',
  );
});
