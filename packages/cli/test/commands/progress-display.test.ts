import type { EpochLine, StepLine } from '@fbsd/trainer';
import { ProgressDisplay } from '../../src/display/progress-display.ts';

const step: StepLine = {
  kind: 'step',
  epoch: 1,
  step: 10,
  loss: 9.876,
  losses: [1, 2, 3, 4],
  accuracy: 0.25,
  learningRate: { new: 0.02, pretrained: 0.02 },
  imagesPerSecond: 31.25,
};
const averages = { loss: 5, losses: [1, 1, 1, 1], accuracy: 0.5 };
const epoch: EpochLine = {
  kind: 'epoch',
  epoch: 1,
  step: 20,
  train: averages,
  test: {
    ...averages,
    top5: 0.9,
    heads: [0.1, 0.2, 0.3, 0.4],
    headsTop5: [0.5, 0.6, 0.7, 0.8],
    count: 40,
  },
  seconds: 75,
  peakMemoryBytes: 1,
};

function display(isTTY: boolean, columns = 100) {
  let written = '';
  const stream = { isTTY, columns, write: (text: string) => (written += text) };
  const args = { totalEpochs: 2, batchesPerEpoch: 20, stepsPerEpoch: 20, testImages: 40 };
  const shown = new ProgressDisplay({ ...args, stream: stream as unknown as NodeJS.WriteStream });
  return { shown, output: () => written };
}

describe('ProgressDisplay', () => {
  test.each([
    ['the output is no terminal', display(false)],
    ['the terminal has no width, as that of mpirun', display(true, 0)],
  ])('writes plain lines where %s', (_, { shown, output }) => {
    shown.onStep({ epoch: 1, step: 1, batch: 1, images: 16, loss: 9 });
    shown.onLine(step);
    shown.onTest(40);
    shown.onLine(epoch);
    shown.end();
    expect(output()).toBe(
      'epoch 1/2  step 10  loss 9.876  accuracy 25.0%  31.3 images/s\n' +
        'epoch 1/2  train loss 5.000 accuracy 50.0%  test loss 5.000 accuracy 50.0%  1 min 15 s\n',
    );
  });

  test('says on a terminal which batch it is at, and since when, until the first step is done', () => {
    const { shown, output } = display(true);
    shown.onBatch({ epoch: 1, step: 0, batch: 2, images: 5 });
    expect(output()).toMatch(/first step: batch 3 of 20, 5 images, since \d\d:\d\d:\d\d$/);
    shown.onStep({ epoch: 1, step: 1, batch: 4, images: 20, loss: 9 });
    const before = output();
    shown.onBatch({ epoch: 1, step: 1, batch: 4, images: 5 });
    expect(output()).toBe(before);
  });

  test('moves a bar with images/s and the time left on a terminal', () => {
    const { shown, output } = display(true);
    shown.onStep({ epoch: 1, step: 1, batch: 1, images: 16, loss: 9 });
    shown.onStep({ epoch: 1, step: 10, batch: 10, images: 16, loss: 8 });
    expect(output()).toMatch(
      /epoch 1\/2 █{10}░{10} loss 8\.000 {2}[\d.]+ images\/s {2}[\d.]+ \w+ left$/,
    );
    shown.onLine(step);
    shown.onTest(20);
    expect(output()).toMatch(/testing 20 images$/);
    shown.end();
    expect(output().endsWith('\r\x1b[K')).toBe(true);
  });
});
