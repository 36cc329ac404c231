import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMpi } from '@fbsd/testing/mpi';
import { nativeSets } from '@fbsd/testing/native';
import { jest } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('../programs/train.js', import.meta.url));

/** Three batches of 8 and one of 5, shares of which are uneven; 20 steps. */
const PLAIN = { images: { train: 29, test: 7 }, batchSize: 8, totalEpochs: 5 };
/** The last batch is of 3 images, which is not enough for 4 processes. */
const FEW = { images: { train: 11, test: 9 }, batchSize: 8, totalEpochs: 3 };
/** Steps of two batches, the last of each epoch of one. */
const ACCUMULATED = { ...FEW, images: { train: 21, test: 2 }, accumulate: 2, ema: 0.9 };
/** As on several machines, with a layer whose gradients begin to be exchanged while the backward pass goes on. */
const IN_BACKGROUND = { background: true, hidden: 22_000, rate: 1e-4, totalEpochs: 2 };
const FEW_EARLY = { ...FEW, ...IN_BACKGROUND };
const NATIVE = { ...PLAIN, backend: 'native' };
const OTHERS = { optimizer: 'adamw', rate: 1e-3, labelSmoothing: 0.1 };

/** What a run came to. */
interface Outcome {
  losses: number[];
  finished: boolean;
  progress: { step: number; batch: number };
  evaluation: { loss: number; accuracy: number; confusion: number[][]; count: number } | null;
  state: Float32Array;
}

// Processes that wait for each other take many times as long where they have to share processors.
jest.setTimeout(600_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fbsd-parallel-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function outcome(): Outcome {
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Outcome;
  const bytes = readFileSync(join(folder, 'state.bin'));
  return { ...result, state: new Float32Array(Uint8Array.from(bytes).buffer) };
}

/** Each once, for all launchers. */
const inOne = new Map<object, Outcome>();

function alone(options: object): Outcome {
  const known = inOne.get(options);
  if (known) return known;
  execFileSync(process.execPath, [PROGRAM, JSON.stringify(options), folder]);
  const result = outcome();
  inOne.set(options, result);
  return result;
}

/** Largest difference of values, relative to the largest of them. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [largest, apart] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i] as number));
    apart = Math.max(apart, Math.abs((a[i] as number) - (b[i] as number)));
  }
  return apart / largest;
}

type Run = Parameters<Parameters<typeof describeMpi>[1]>[0]['run'];

async function several(run: Run, processes: number, options: object): Promise<Outcome> {
  const { code, output } = await run(processes, PROGRAM, [JSON.stringify(options), folder]);
  if (code !== 0) throw new Error(output);
  return outcome();
}

/** Native kernels, where they were built. */
const onNative = nativeSets().length > 0 ? test : test.skip;

const bytesOf = ({ state }: Outcome) => Buffer.from(state.buffer);

function expectSame(actual: Outcome, expected: Outcome): void {
  expect(difference(expected.losses, actual.losses)).toBeLessThan(1e-4);
  // The first half of what is kept are weights and running statistics, the second the optimizer's.
  const weights = expected.state.length / 2;
  const apart = difference(expected.state.subarray(0, weights), actual.state.subarray(0, weights));
  expect(apart).toBeLessThan(1e-4);
  const { confusion, count, loss } = expected.evaluation as NonNullable<Outcome['evaluation']>;
  expect(actual.evaluation).toMatchObject({ confusion, count });
  expect(actual.evaluation?.loss).toBeCloseTo(loss, 3);
}

describeMpi('training in several processes', ({ run }) => {
  test.each([
    [2, 'batches', PLAIN],
    [4, 'batches', PLAIN],
    [4, 'batches of fewer images than processes', FEW],
    [3, 'steps of several batches, averages of weights', { ...ACCUMULATED, ...OTHERS }],
  ])('is training in one: %i processes, %s', async (processes, _, options) => {
    expectSame(await several(run, processes, options), alone(options));
  });

  onNative('is training in one on native kernels: 4 processes', async () => {
    const [expected, actual] = [alone(NATIVE), await several(run, 4, NATIVE)];
    expectSame(actual, expected);
    // Other kernels: they round differently.
    expect(expected.losses).not.toEqual(alone(PLAIN).losses);
  });

  test('comes to the same bytes whenever it is repeated', async () => {
    const [one, other] = [await several(run, 3, FEW), await several(run, 3, FEW)];
    expect(bytesOf(one)).toEqual(bytesOf(other));
  });
});

describeMpi(
  'training in several processes, whatever is asked for,',
  ({ run }) => {
    test('is training in one: 4 processes, gradients exchanged in the background', async () => {
      expectSame(await several(run, 4, FEW_EARLY), alone(FEW_EARLY));
    });

    test.each([
      ['', {}],
      [', in steps of several batches', ACCUMULATED],
      [', with statistics of each share', { batchNorm: 'local' }],
    ])(
      'comes to the same bytes whether or not it exchanges in the background%s',
      async (_, more) => {
        const options = { ...FEW, ...more, ...IN_BACKGROUND };
        const [one, other] = [
          await several(run, 2, options),
          await several(run, 2, { ...options, background: false }),
        ];
        expect(one.losses).toEqual(other.losses);
        expect(bytesOf(one)).toEqual(bytesOf(other));
      },
    );

    test('comes to the same bytes whenever it is repeated, exchanging in the background', async () => {
      const [one, other] = [await several(run, 3, FEW_EARLY), await several(run, 3, FEW_EARLY)];
      expect(bytesOf(one)).toEqual(bytesOf(other));
    });

    test('learns in 20 steps', () => {
      const { losses } = alone(PLAIN);
      expect(losses.length).toBe(20);
      expect(losses[19]).toBeLessThan(0.9 * (losses[0] as number));
    });

    test('takes the statistics of each share, if they are to be local', async () => {
      const expected = alone(FEW);
      const actual = await several(run, 4, { ...FEW, batchNorm: 'local' });
      expect(difference(expected.losses, actual.losses)).toBeGreaterThan(1e-2);
      expect(actual.losses.every(Number.isFinite)).toBe(true);
      expect(actual.evaluation?.count).toBe(FEW.images.test);
    });

    test('ends all together between two steps, whichever process is asked to', async () => {
      const { finished, progress, losses } = await several(run, 2, { ...ACCUMULATED, stopRank: 1 });
      expect(finished).toBe(false);
      // The third step was begun when it came.
      expect(progress.step).toBe(losses.length);
      expect(progress.step).toBeLessThanOrEqual(3);
    });
  },
  1,
);
