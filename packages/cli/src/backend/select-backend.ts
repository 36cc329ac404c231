import { availableParallelism } from 'node:os';
import util from 'node:util';
import { accelerate } from '@fbsd/kernels';
import {
  type Native,
  type NativePrecision,
  NoGPUError,
  type ThreadedWasm,
  useNative,
  useThreadedWasm,
  useWebGPU,
  type WebGPU,
} from '@fbsd/kernels/node';
import { UserError } from '@fbsd/trainer';
import { backend, env, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { takeGpu, threadsOf } from '../parallel/devices.ts';
import { processes } from '../parallel/processes.ts';
import { mayHaveGPU } from './gpu-devices.ts';
import { BACKENDS_OF, type Precision, useBfloat16 } from './precision.ts';

/**
 * The backends that can be asked for: tfjs-node-gpu, WebGPU, this project's native kernels, tfjs-node, WebAssembly,
 * plain JavaScript.
 */
export const BACKENDS = ['auto', 'node-gpu', 'webgpu', 'native', 'node', 'wasm', 'cpu'] as const;

/** What `auto` tries, the fastest first. */
const AUTO = ['node-gpu', 'webgpu', 'native', 'node', 'wasm'] as const;

/** One of {@link BACKENDS}; `auto` takes the fastest that is there. */
export type BackendName = (typeof BACKENDS)[number];

/** The backend that {@link selectBackend} started. */
export interface SelectedBackend {
  /** Its name. */
  name: Exclude<BackendName, 'auto'>;
  /** A line about it for the user. */
  description: string;
  /** A sentence about a faster backend and how to get it, if one is known. */
  advice?: string;
}

const PACKAGES = {
  'node-gpu': '@tensorflow/tfjs-node-gpu',
  node: '@tensorflow/tfjs-node',
} as const;

/** Options of {@link selectBackend}. */
export interface SelectOptions {
  /** Lets `webgpu` compute on a CPU, which is for tests. @default false */
  allowSoftware?: boolean;
}

/**
 * Starts a backend of tfjs and installs this project's kernels on it.
 *
 * `auto` takes the first that is there: tfjs-node-gpu, WebGPU on a GPU, native, tfjs-node, wasm. Only the last is
 * ever needed. In another precision than float32 it means the backends that have it.
 *
 * @param precision bf16 is for `native` and `node`, float16 and float16x3 for `webgpu`. @default 'float32'
 * @throws UserError when the backend that was asked for cannot start, or not in this precision
 */
export async function selectBackend(
  requested: BackendName,
  precision: Precision = 'float32',
  { allowSoftware = false }: SelectOptions = {},
): Promise<SelectedBackend> {
  const candidates = withPrecision(requested, precision);
  const named = requested !== 'auto' || precision !== 'float32';
  env().set('PROD', true); // no advertisement in the output; the advice below says more
  const problems: string[] = [];
  for (const name of candidates) {
    const options = { wanted: named, allowSoftware, precision };
    const problem = await start(name, options);
    if (problem === null) {
      accelerate();
      const description = describe(name, precision);
      return { name, description, ...advise(name, named ? name : 'auto', problems) };
    }
    const several = candidates.length > 1;
    if (problem === ABSENT && named) problems.push(several ? `${name}: ${problem}` : problem);
    else if (problem !== ABSENT && problem !== NO_GPU) problems.push(problem.replace(/\.$/, ''));
  }
  if (!named) throw new UserError(`[fbsd] no backend could start: ${problems.join('; ')}`);
  const asked = requested === 'auto' ? `--precision ${precision}` : `--backend ${requested}`;
  const instead =
    precision === 'float32' ? '--backend auto to take what is there' : '--precision float32';
  throw new UserError(`[fbsd] ${asked} cannot start: ${problems.join('; ')}. Use ${instead}.`);
}

/** The backends that are meant, if they have this precision: to be tried in this order. */
function withPrecision(
  requested: BackendName,
  precision: Precision,
): readonly SelectedBackend['name'][] {
  if (precision === 'float32') return requested === 'auto' ? AUTO : [requested];
  const having: readonly SelectedBackend['name'][] = BACKENDS_OF[precision];
  if (requested === 'auto') return having;
  if (having.includes(requested)) return [requested];
  throw new UserError(
    `[fbsd] --precision ${precision} needs --backend ${having.join(' or ')}; got ${requested}. ` +
      'Use --precision float32 there.',
  );
}

const NAMES_IN_TFJS = {
  'node-gpu': 'tensorflow',
  webgpu: 'webgpu',
  native: 'wasm', // on whose memory it computes
  node: 'tensorflow',
  wasm: 'wasm',
  cpu: 'cpu',
} as const;

const ABSENT = 'its package is not installed';
/** Nothing to speak of when `auto` looks for one. */
const NO_GPU = 'no GPU was found';

interface StartOptions {
  /** True if the user named it, or a precision that it has. */
  wanted: boolean;
  allowSoftware: boolean;
  precision: Precision;
}

/** Starts a backend. @returns null, or why it did not start */
async function start(
  name: SelectedBackend['name'],
  { wanted, allowSoftware, precision }: StartOptions,
): Promise<string | null> {
  if (name === 'webgpu' && !wanted && !mayHaveGPU()) return NO_GPU;
  try {
    if (name === 'node' && precision === 'bf16') useBfloat16();
    if (name === 'node' || name === 'node-gpu') await importTensorFlow(PACKAGES[name], wanted);
    if (name === 'wasm') await startWasm();
    if (name === 'webgpu') {
      const products = precision === 'bf16' ? 'float32' : precision;
      gpu ??= await useWebGPU({ allowSoftware: wanted && allowSoftware, precision: products });
    }
    if (name === 'native') await startNative(precision === 'bf16' ? 'bf16' : 'float32');
    const started = await setBackend(NAMES_IN_TFJS[name]);
    await ready();
    return started ? null : `${name} did not initialise`;
  } catch (error) {
    if (error instanceof NoGPUError && !wanted) return NO_GPU;
    const { code, message } = error as NodeJS.ErrnoException;
    const absent =
      (code?.endsWith('MODULE_NOT_FOUND') && message.includes(`'@tensorflow/tfjs-${name}'`)) ||
      (name === 'webgpu' && !wanted && message.includes('is not installed')) ||
      (name === 'native' && !wanted && message.includes('@fbsd/native is not installed'));
    return absent ? ABSENT : `${name}: ${reason(message)}`;
  }
}

/** The first line of a message, without where it comes from and what else there is: the caller knows that better. */
function reason(message: string): string {
  return (message.split('\n')[0] ?? '')
    .replace(/^\[@fbsd\/\w+\] (use\w+: )?/, '')
    .replace(/\. Use \w+ instead\.$/, '');
}

/** The threads of the wasm backend, started once for the whole process. */
let threads: ThreadedWasm | undefined;

/** The device of the WebGPU backend, likewise. */
let gpu: WebGPU | undefined;

/** The native kernels, in use until wasm itself is asked for: both are tfjs's backend `wasm`. */
let native: Native | undefined;

async function startNative(precision: NativePrecision): Promise<void> {
  if (native?.precision !== precision) stopNative();
  const others = processes();
  native ??= await useNative({ precision, ...(others && { threads: threadsOf(others) }) });
}

function stopNative(): void {
  native?.dispose();
  native = undefined;
}

async function startWasm(): Promise<void> {
  stopNative();
  const others = processes();
  if (others) {
    const own = threadsOf(others);
    if (own > 1) threads ??= await useThreadedWasm({ threads: own });
  } else if (availableParallelism() > 1) threads ??= await useThreadedWasm();
}

async function importTensorFlow(specifier: string, wanted: boolean): Promise<void> {
  const others = processes();
  if (others && specifier === PACKAGES['node-gpu']) takeGpu(others);
  // What TensorFlow says of missing drivers is of no concern to whoever did not ask for it; level 3 leaves what ends it.
  if (!wanted) process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // tfjs-node 4.22 calls a function that Node 23 removed.
  const legacy = util as { isNullOrUndefined?: (x: unknown) => boolean };
  legacy.isNullOrUndefined ??= (x) => x === null || x === undefined;
  await import(specifier);
}

function describe(name: SelectedBackend['name'], precision: Precision): string {
  const rounding = precision === 'float32' ? '' : `, ${precision}`;
  switch (name) {
    case 'node-gpu': {
      const usesGPU = (backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice;
      return `tfjs-node-gpu (TensorFlow on ${usesGPU ? 'the GPU' : 'the CPU: it found no usable GPU'})`;
    }
    case 'webgpu':
      return `webgpu (${gpu?.gpu.name}${gpu?.gpu.software ? ', which is the CPU' : ''}${rounding})`;
    case 'native': {
      const { instructions = 'AVX2', threads = 1 } = native ?? {};
      return `native (${instructions.replace('AVX512', 'AVX-512').replace('_BF16', '')} kernels on the CPU, ${counted(threads)}${rounding})`;
    }
    case 'node':
      return `tfjs-node (TensorFlow on the CPU${rounding})`;
    case 'wasm':
      return `wasm (WebAssembly on the CPU, ${counted(threads?.threads ?? 1)})`;
    case 'cpu':
      return 'cpu (plain JavaScript)';
  }
}

const counted = (threads: number) => `${threads} thread${threads === 1 ? '' : 's'}`;

function advise(
  name: SelectedBackend['name'],
  requested: BackendName,
  problems: readonly string[],
): Pick<SelectedBackend, 'advice'> {
  const parts: string[] = [];
  if (name === 'cpu') parts.push('--backend wasm is about a hundred times faster');
  if (requested === 'auto' && problems.length > 0) {
    parts.push(`faster, but did not start: ${problems.join('; ')}`);
  } else if (requested === 'auto' && name === 'wasm') {
    parts.push(
      'faster: @fbsd/native, tfjs-node or a GPU, see https://github.com/fbsd-js/fbsd#which-backend-for-which-machine',
    );
  }
  return parts.length > 0 ? { advice: parts.join('. ') } : {};
}
