import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DiskOperation, ForgetfulDisk, recordDisk, type Tree, writeTree } from '@fbsd/testing';
import { type MetricsLine, type Progress, UserError } from '@fbsd/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { type Disk, nodeDisk } from '../../src/disk/disk.ts';
import { disposeVelocities } from '../../src/run/checkpoint.ts';
import { DiskRunStore } from '../../src/run/disk-run-store.ts';

const folder = temporaryFolder();
/** Nobody cuts the power here: what comes after one need not wait for the disk. */
const hasty: Disk = { ...nodeDisk, sync: async () => {} };

let model: LayersModel;
beforeAll(async () => {
  await tf.setBackend('cpu');
  model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
});

const line = (step: number) => ({ kind: 'step', epoch: 1, step }) as MetricsLine;
const checkpointOf = (step: number) => {
  const progress: Progress = { epoch: 1, step, batch: step, best: null };
  const velocities = [{ name: 'dense/kernel', tensor: tf.fill([3, 2], step) }];
  return { model, velocities, progress, classNames: ['a', 'b'] };
};

async function save(store: DiskRunStore, name: 'last' | 'best', step: number) {
  const checkpoint = checkpointOf(step);
  await store.save(name, checkpoint);
  disposeVelocities(checkpoint.velocities);
}

/** Steps of the checkpoints in `checkpoints/` whose files all have the checksums that they should have. */
function wholeCheckpoints(run: string, name: 'last' | 'best'): number[] {
  const parent = join(run, 'checkpoints');
  if (!existsSync(parent)) return [];
  return readdirSync(parent).flatMap((entry) => {
    const sums = join(parent, entry, 'SHA256SUMS');
    if (!entry.startsWith(name) || !existsSync(sums)) return [];
    const lines = readFileSync(sums, 'utf8').trim().split('\n');
    const isWhole = lines.every((text) => {
      const [digest, file = ''] = text.split('  ');
      const path = join(parent, entry, file);
      if (file === '' || !existsSync(path)) return false;
      return createHash('sha256').update(readFileSync(path)).digest('hex') === digest;
    });
    if (!isWhole || lines.length < 5) return [];
    return [JSON.parse(readFileSync(join(parent, entry, 'state.json'), 'utf8')).progress.step];
  });
}

/** A run of four checkpoints that goes on after the third as a resumed one does, and when each was kept. */
async function recordRun(run: string) {
  const operations: DiskOperation[] = [];
  const kept: { last: number; best: number; from: number }[] = [{ last: 0, best: 0, from: 0 }];
  const disk = recordDisk(hasty, folder(), (operation) => operations.push(operation));
  let best = 0;
  for (const step of [1, 2, 3, 4]) {
    const store = new DiskRunStore(run, { disk });
    if (step === 1 || step === 4) await store.rewind(step - 1);
    await store.append(line(step));
    if (step !== 3) {
      await save(store, 'best', step);
      best = step;
      kept.push({ last: step - 1, best, from: operations.length });
    }
    await save(store, 'last', step);
    kept.push({ last: step, best, from: operations.length });
  }
  return { operations, kept };
}

function* distinct(trees: Iterable<Tree>, seen: Set<string>): Generator<Tree> {
  for (const tree of trees) {
    const digest = createHash('sha256');
    const add = (part: Tree) => {
      for (const [name, content] of Object.entries(part)) {
        digest.update(`${name}\0`);
        if (content instanceof Uint8Array) digest.update(content);
        else add(content);
        digest.update('\0');
      }
    };
    add(tree);
    const key = digest.digest('hex');
    if (seen.has(key)) continue;
    seen.add(key);
    yield tree;
  }
}

test('after a power cut at any step a run goes on from its last checkpoint, with all lines up to it', async () => {
  const { operations, kept } = await recordRun(join(folder(), 'run'));
  const disk = new ForgetfulDisk();
  let states = 0;
  const seen = new Set<string>();
  for (let done = 0; done <= operations.length; done++) {
    if (done > 0) disk.apply(operations[done - 1] as DiskOperation);
    const { last, best } = kept.filter(({ from }) => from <= done).at(-1) as (typeof kept)[number];
    for (const tree of distinct(disk.afterPowerCut(), seen)) {
      states++;
      const place = join(folder(), `cut-${states}`);
      mkdirSync(place);
      writeTree(place, tree);
      const run = join(place, 'run');
      const at = `after operation ${done}: ${JSON.stringify(operations[done - 1]?.path)}`;
      const warnings: string[] = [];
      const store = new DiskRunStore(run, { disk: hasty, warn: (text) => warnings.push(text) });

      expect([at, wholeCheckpoints(run, 'last').length >= Math.min(last, 2)]).toEqual([at, true]);
      const found = await store.load('last');
      const step = found?.progress.step ?? 0;
      expect([at, step >= last && step <= 4, warnings]).toEqual([at, true, []]);
      if (found) {
        const [velocity] = found.velocities;
        expect([...(velocity?.tensor.dataSync() ?? [])]).toEqual(Array(6).fill(step));
        disposeVelocities(found.velocities);
        found.model.dispose();
      }
      const foundBest = await store.load('best');
      expect([at, (foundBest?.progress.step ?? 0) >= best]).toEqual([at, true]);
      if (foundBest) disposeVelocities(foundBest.velocities);
      foundBest?.model.dispose();

      await store.rewind(step);
      const lines = step > 0 ? (await store.metrics()).map((logged) => logged.step) : [];
      expect([at, lines]).toEqual([at, [1, 2, 3, 4].slice(0, step)]);
      expect([at, await store.load('last').then(dispose)]).toEqual([at, step]);
      await save(store, 'last', step + 1);
      expect([at, await store.load('last').then(dispose)]).toEqual([at, step + 1]);
      expect(wholeCheckpoints(run, 'last').sort()).toEqual(step > 0 ? [step, step + 1] : [1]);
      rmSync(place, { recursive: true });
    }
  }
  expect(states).toBeGreaterThan(100);
});

/** @returns its step */
function dispose(checkpoint: Awaited<ReturnType<DiskRunStore['load']>>): number {
  if (!checkpoint) return 0;
  disposeVelocities(checkpoint.velocities);
  checkpoint.model.dispose();
  return checkpoint.progress.step;
}

test('the simulation finds the fault in a disk that does not sync', async () => {
  const operations: DiskOperation[] = [];
  const note = (operation: DiskOperation) => {
    if (operation.does !== 'sync') operations.push(operation);
  };
  const store = new DiskRunStore(join(folder(), 'run'), {
    disk: recordDisk(hasty, folder(), note),
  });
  await store.rewind(0);
  await save(store, 'last', 1);
  const disk = new ForgetfulDisk();
  for (const operation of operations) disk.apply(operation);
  let lost = 0;
  for (const [i, tree] of [...distinct(disk.afterPowerCut(), new Set())].entries()) {
    const place = join(folder(), `cut-${i}`);
    mkdirSync(place);
    writeTree(place, tree);
    const found = new DiskRunStore(join(place, 'run'), { warn: () => {} }).load('last');
    lost += await found.then(
      (checkpoint) => Number(dispose(checkpoint) !== 1),
      (error) => {
        expect(error).toBeInstanceOf(UserError);
        return 1;
      },
    );
  }
  expect(lost).toBeGreaterThan(3);
});
