import { availableParallelism } from 'node:os';
import util from 'node:util';
import { accelerate } from '@fbsd/kernels';
import { type ThreadedWasm, useThreadedWasm } from '@fbsd/kernels/node';
import { backend, env, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { type Precision, useBfloat16 } from './precision.ts';

export const BACKENDS = ['auto', 'node-gpu', 'node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

export interface SelectedBackend {
  name: Exclude<BackendName, 'auto'>;
  /** What it is, in a line for the user. */
  description: string;
  /** What would be faster on this machine and how to get it, if anything is known to be. */
  advice?: string;
}

const PACKAGES = {
  'node-gpu': '@tensorflow/tfjs-node-gpu',
  node: '@tensorflow/tfjs-node',
} as const;

/**
 * Starts a backend of tfjs and installs this project's kernels on it.
 *
 * `auto` takes the first that is there: tfjs-node-gpu, tfjs-node, wasm. Neither of the first two is
 * ever needed.
 *
 * @param precision bf16 is for `node` alone; `auto` then means it. @default 'float32'
 * @throws Error when the backend that was asked for cannot start, or not in this precision
 */
export async function selectBackend(
  requested: BackendName,
  precision: Precision = 'float32',
): Promise<SelectedBackend> {
  if (precision === 'bf16') {
    if (requested !== 'node' && requested !== 'auto') {
      throw new Error(
        `[fbsd] --precision bf16 needs --backend node; got ${requested}. Use --precision float32 there.`,
      );
    }
    useBfloat16();
    return {
      ...(await selectBackend('node')),
      description: 'tfjs-node (TensorFlow on the CPU, bf16)',
    };
  }
  env().set('PROD', true); // no advertisement in the output; the advice below says more
  const problems: string[] = [];
  for (const name of requested === 'auto' ? (['node-gpu', 'node', 'wasm'] as const) : [requested]) {
    const problem = await start(name);
    if (problem === null) {
      accelerate();
      return { name, description: describe(name), ...advise(name, requested, problems) };
    }
    if (problem !== ABSENT) problems.push(problem);
    if (requested !== 'auto') {
      throw new Error(
        `[fbsd] --backend ${name} cannot start: ${problem}. Use --backend auto to take what is there.`,
      );
    }
  }
  throw new Error(`[fbsd] no backend could start: ${problems.join('; ')}`);
}

const ABSENT = 'its package is not installed';

/** @returns null, or why it did not start */
async function start(name: SelectedBackend['name']): Promise<string | null> {
  try {
    if (name === 'node' || name === 'node-gpu') await importNative(PACKAGES[name]);
    if (name === 'wasm') await startThreads();
    const started = await setBackend(name === 'wasm' || name === 'cpu' ? name : 'tensorflow');
    await ready();
    return started ? null : `${name} did not initialise`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent =
      code?.endsWith('MODULE_NOT_FOUND') && message.includes(`'@tensorflow/tfjs-${name}'`);
    return absent ? ABSENT : `${name}: ${message.split('\n')[0]}`;
  }
}

/** The threads of the wasm backend, started once for the whole process. */
let threads: ThreadedWasm | undefined;

async function startThreads(): Promise<void> {
  if (availableParallelism() > 1) threads ??= await useThreadedWasm();
}

async function importNative(specifier: string): Promise<void> {
  // tfjs-node 4.22 calls a function that Node 23 removed.
  const legacy = util as { isNullOrUndefined?: (x: unknown) => boolean };
  legacy.isNullOrUndefined ??= (x) => x === null || x === undefined;
  await import(specifier);
}

function describe(name: SelectedBackend['name']): string {
  switch (name) {
    case 'node-gpu': {
      const usesGPU = (backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice;
      return `tfjs-node-gpu (TensorFlow on ${usesGPU ? 'the GPU' : 'the CPU: it found no usable GPU'})`;
    }
    case 'node':
      return 'tfjs-node (TensorFlow on the CPU)';
    case 'wasm':
      return `wasm (WebAssembly on the CPU, ${threads ? `${threads.threads} threads` : '1 thread'})`;
    case 'cpu':
      return 'cpu (plain JavaScript)';
  }
}

function advise(
  name: SelectedBackend['name'],
  requested: BackendName,
  problems: readonly string[],
): Pick<SelectedBackend, 'advice'> {
  const parts: string[] = [];
  if (name === 'cpu') parts.push('--backend wasm is about a hundred times faster');
  if (name === 'wasm' && requested === 'auto') {
    parts.push(
      problems.length > 0
        ? `a faster backend is installed but did not start (${problems.join('; ')})`
        : 'faster: tfjs-node, or with an NVIDIA GPU tfjs-node-gpu. See npm run setup:tensorflow -- --help',
    );
  }
  return parts.length > 0 ? { advice: parts.join('. ') } : {};
}
