import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMpi } from '@fbsd/testing/mpi';

const PROGRAM = fileURLToPath(new URL('../programs/train.js', import.meta.url));

/** Six batches of 6 and one of 2, which 4 processes cannot share; the last test batch is of 1. */
const IMAGES = { train: 38, test: 7 };
/** 21 steps. */
const PLAIN = { images: IMAGES, batchSize: 6, totalEpochs: 3 };
/** 12 steps of two batches, the last of each epoch of one. */
const ACCUMULATED = { ...PLAIN, accumulate: 2, ema: 0.9, labelSmoothing: 0.1 };

/** What a run came to. */
interface Outcome {
  losses: number[];
  finished: boolean;
  progress: { step: number; batch: number };
  evaluation: { loss: number; accuracy: number; confusion: number[][]; count: number } | null;
  state: Float32Array;
}

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

/** Each once: the same for all launchers. */
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

describeMpi('training', ({ run }) => {
  const several = async (processes: number, options: object) => {
    const { code, output } = await run(processes, PROGRAM, [JSON.stringify(options), folder]);
    if (code !== 0) throw new Error(output);
    return outcome();
  };

  it.each([
    [2, 'batches', PLAIN],
    [4, 'batches', PLAIN],
    [2, 'steps of several batches', ACCUMULATED],
  ])('in %i processes is that in one: %s', async (processes, _, options) => {
    const expected = alone(options);
    const actual = await several(processes, options);
    expect(actual.losses.length).toBe(expected.losses.length);
    console.log(
      difference(expected.losses, actual.losses),
      difference(expected.state, actual.state),
    );
    expect(difference(expected.losses, actual.losses)).toBeLessThan(1e-4);
    expect(difference(expected.state, actual.state)).toBeLessThan(1e-4);
    expect(actual.evaluation?.count).toBe(IMAGES.test);
    expect(actual.evaluation?.confusion).toEqual(expected.evaluation?.confusion);
    expect(actual.evaluation?.loss).toBeCloseTo(expected.evaluation?.loss as number, 3);
  });
});
