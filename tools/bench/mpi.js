#!/usr/bin/env node
// Measures what processes that train together exchange, in the network that they are in. Process 0 prints medians and ranges.
// Usage: npm run build && mpirun -np 2 … node tools/bench/mpi.js [--step] [--images 4] [--batch-norm synchronized|local]
//   [--threads 1] [--backend wasm|native]
// mpi-hosts.sh beside it makes two hosts of one machine.
// --step times whole steps of FBSD on ResNet-50, whose gradients are some 170 MB, on small images, instead of single exchanges: in
// turn such as exchange gradients after the backward pass and, between hosts, such as do that while it goes on.
import { parseArgs } from 'node:util';
import { fbsd } from '@fbsd/fbsd';
import { accelerate } from '@fbsd/kernels';
import { useNative, useThreadedWasm } from '@fbsd/kernels/node';
import { startMpi } from '@fbsd/mpi';
import {
  BATCH_NORMS,
  earlySums,
  GradientAccumulation,
  SGD,
  shareOf,
  trainStep,
} from '@fbsd/trainer';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { env, randomUniform, setBackend, slice, tensor1d } from '@tensorflow/tfjs-core';

const {
  step,
  threads: threadsGiven,
  backend,
  images: imagesGiven,
  'batch-norm': batchNormGiven,
} = parseArgs({
  options: {
    step: { type: 'boolean' },
    threads: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'wasm' },
    images: { type: 'string', default: '4' },
    'batch-norm': { type: 'string', default: 'synchronized' },
  },
}).values;
const threads = Number(threadsGiven);
const ROUNDS = 5;
const IMAGES = Number(imagesGiven);
const SIDE = 97;
const mpi = startMpi();

/** @param {string} line */
const say = (line) => mpi.rank === 0 && console.log(line);

/** @param {number[]} times milliseconds */
function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const [low, median, high] = [0, sorted.length >> 1, sorted.length - 1].map((i) => sorted[i] ?? 0);
  return `${format(median)} (${format(low)} to ${format(high)})`;
}

/** @param {number | undefined} milliseconds */
function format(milliseconds = 0) {
  return milliseconds < 10
    ? `${(1000 * milliseconds).toFixed(0)} µs`
    : `${milliseconds.toFixed(0)} ms`;
}

/** @param {number} values @param {number} rounds */
function timeAllReduce(values, rounds) {
  const array = new Float32Array(values).fill(1);
  return Array.from({ length: rounds + 1 }, () => {
    mpi.barrier();
    const started = performance.now();
    mpi.allReduceSum(array);
    return performance.now() - started;
  }).slice(1);
}

if (backend !== 'wasm' && backend !== 'native') {
  throw new RangeError(`--backend must be wasm or native; got ${backend}.`);
}
const batchNorm = BATCH_NORMS.find((mode) => mode === batchNormGiven);
if (!batchNorm) {
  throw new RangeError(`--batch-norm must be ${BATCH_NORMS.join(' or ')}; got ${batchNormGiven}.`);
}
say(`${mpi.size} processes, ${mpi.version}`);
if (step) await timeSteps(batchNorm);
else timeExchanges();

function timeExchanges() {
  for (const [name, values, rounds] of /** @type {const} */ ([
    ['4 bytes', 1, 200],
    ['4 kB, statistics of a batch norm', 1024, 200],
    ['25 MB', 6_553_600, ROUNDS],
    ['160 MB, gradients', 40_000_000, ROUNDS],
  ])) {
    say(`all-reduce of ${name.padEnd(34)} ${spread(timeAllReduce(values, rounds))}`);
  }
}

/** @param {import('@fbsd/trainer').BatchNormMode} batchNorm */
async function timeSteps(batchNorm) {
  env().set('PROD', true);
  if (backend === 'native') await useNative({ threads });
  else await (threads > 1 ? useThreadedWasm({ threads }) : setBackend(backend));
  accelerate();
  const model = await fbsd({ arch: 'resnet50', classes: 200, imageSize: SIDE, seed: 1 });
  const optimizer = new SGD(model, { newLearningRate: 1e-4, pretrainedLearningRate: 1e-5 });
  const gradients = new GradientAccumulation(optimizer);
  const { first, count } = shareOf(IMAGES, mpi);
  const images = slice(randomUniform([IMAGES, SIDE, SIDE, 3], -1, 1, 'float32', 1), first, count);
  const labels = tensor1d(Array(count).fill(7), 'int32');
  let waited = 0;
  let arrays = 0;
  const communicator = {
    rank: mpi.rank,
    size: mpi.size,
    broadcast: () => {},
    /** @param {Float32Array[]} given */
    allReduceSum(...given) {
      const started = performance.now();
      mpi.allReduceSum(...given);
      waited += performance.now() - started;
      arrays += given.length;
    },
  };
  const share = mpi.size > 1 ? { communicator, images: IMAGES, count, batchNorm } : undefined;
  const sums = earlySums(model, mpi);
  /** @param {boolean} early whether gradients' exchange begins in the backward pass */
  const time = async (early) => {
    mpi.barrier();
    const started = performance.now();
    waited = 0;
    arrays = 0;
    const onGradient = early && sums ? gradients.addUpEarly(sums) : undefined;
    const options = { share, onGradient };
    await trainStep(model, gradients, /** @type {any} */ (images), labels, options);
    const passed = performance.now();
    const statistics = waited;
    const before = arrays;
    await gradients.addUp(communicator);
    const added = performance.now();
    gradients.step();
    return { times: [performance.now() - started, statistics, added - passed], before, arrays };
  };
  const ways = sums ? [false, true] : [false];
  for (const early of ways) await time(early);
  /** @type {Map<boolean, number[][]>} */
  const all = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const early of ways) {
      const { times, before, arrays } = await time(early);
      all.set(early, [...(all.get(early) ?? []), times]);
      if (round === 0 && !early)
        say(`${before} arrays of statistics, ${arrays - before} of gradients`);
    }
  }
  for (const [early, rounds] of all) {
    say(`gradients exchanged ${early ? 'while the backward pass goes on' : 'afterwards'}`);
    for (const [i, name] of ['step', 'of it, statistics', 'of it, gradients'].entries()) {
      say(`  ${name.padEnd(18)} ${spread(rounds.map((times) => times[i] ?? 0))}`);
    }
  }
}
