import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { describeMpi } from '@fbsd/testing/mpi';
import { jest } from '@jest/globals';

// Processes that wait for each other take many times as long where they have to share processors.
jest.setTimeout(600_000);

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const STOPPED = fileURLToPath(new URL('../programs/stop-at-step.js', import.meta.url));

let folder: string;
let given: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fbsd-cli-mpi-resume-'));
  const data = join(folder, 'pictures');
  await ensureMini(DATASETS.cub.mini, data, { trainPerClass: 1, testPerClass: 1 });
  given = [
    ...['--data', data, '--arch', 'mini', '--image-size', '65', '--batch-size', '5'],
    ...['--epochs', '2', '--ema', '0.9', '--random-erasing', '0.5'],
    // Larger rates make a difference of 1e-6 in random weights one of 1e-2 in losses within five steps, in one process, too.
    ...['--learning-rate', '1e-5', '--pretrained-learning-rate', '1e-5'],
    ...['--backend', 'wasm', '--log-every', '1', '--seed', '5'],
  ];
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Steps that a run logged, with their losses, and what it has at its end. */
function outcomeOf(run: string) {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
  const steps = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'step');
  const [weights, velocities] = ['weights', 'velocities'].map((name) =>
    readFileSync(join(run, `checkpoints/last/${name}.bin`)),
  ) as [Buffer, Buffer];
  return {
    steps: steps.map(({ step }) => step as number),
    losses: steps.map(({ loss }) => loss as number),
    weights,
    velocities,
  };
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** Largest difference of values, relative to the largest of them. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  const [largest, apart] = [a, Array.from(a, (value, i) => value - (b[i] as number))].map(
    (values) => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  ) as [number, number];
  return apart / largest;
}

function alone(program: string, args: string[]): { code: number | null; output: string } {
  const options = { encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { code: status, output: stdout + stderr };
}

describeMpi(
  'fbsd train --resume',
  ({ run }) => {
    const start = async (processes: number, program: string, args: string[]) =>
      processes === 1 ? alone(program, args) : run(processes, program, args);
    const train = async (processes: number, ...flags: string[]) => {
      const { code, output } = await start(processes, PROGRAM, ['train', ...flags]);
      if (code !== 0) throw new Error(output);
    };
    /** A run of so many processes, ended in the middle of the first epoch. */
    const stopped = async (processes: number) => {
      const out = join(folder, `stopped-${processes}`);
      if (existsSync(out)) return out;
      const args = ['1', 'train', ...given, '--out', out];
      const { code, output } = await start(processes, STOPPED, args);
      expect(output).toContain('Stopped after step 1.');
      expect(code).not.toBe(0);
      return out;
    };
    const resumed = async (before: number, after: number) => {
      const out = join(folder, `${before}-then-${after}`);
      cpSync(await stopped(before), out, { recursive: true });
      await train(after, '--resume', '--out', out);
      return outcomeOf(out);
    };
    const whole = async (processes: number) => {
      const out = join(folder, `whole-of-${processes}`);
      if (!existsSync(out)) await train(processes, ...given, '--out', out);
      return outcomeOf(out);
    };

    test.each([
      [2, 1],
      [2, 4],
      [1, 2],
    ])('%i processes, then %i, come to what one does', async (before, after) => {
      const expected = await whole(1);
      const actual = await resumed(before, after);
      expect(actual.steps).toEqual([1, 2, 3, 4]);
      // Losses are of the pictures, as they were cut and erased: others have others.
      expect(difference(expected.losses, actual.losses)).toBeLessThan(1e-4);
      const { weights, velocities } = actual;
      expect(difference(floats(expected.weights), floats(weights))).toBeLessThan(1e-4);
      // Rounding decides which of two nearly equal parts FBSD boosts. Without those of the checkpoint the half would be missing.
      expect(difference(floats(expected.velocities), floats(velocities))).toBeLessThan(0.1);
    });

    test('as many processes come to the same bytes', async () => {
      const [expected, actual] = [await whole(2), await resumed(2, 2)];
      expect(actual.losses).toEqual(expected.losses);
      expect(actual.weights.equals(expected.weights)).toBe(true);
      expect(actual.velocities.equals(expected.velocities)).toBe(true);
    });
  },
  1,
);
