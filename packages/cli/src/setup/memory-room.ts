import { totalmem } from 'node:os';
import { bytes } from '@fbsd/trainer/format';
import type { SelectedBackend } from '../backend/select-backend.ts';
import { processes } from '../parallel/processes.ts';

/** How much memory there is for the tensors of a step. */
export interface MemoryRoom {
  /** Bytes, as `stepMemory` of @fbsd/trainer counts them, that are sure to fit. */
  bytes: number;
  /** Says whose memory it is, and how much: `WebAssembly has 4.29 GB`. */
  description: string;
}

/** The addresses of WebAssembly have 32 bits. */
const WASM_HEAP = 2 ** 32;
/** What may be planned of it; the rest is left for gaps between tensors. */
const HEAP_SHARE = 0.92;
/** What a process has besides tensors: Node, and pictures that are decoded ahead. */
const PROCESS = 4e8;
/** Memory of a process over the estimate: on wasm as measured of large batches; tfjs-node takes 1.5 to 1.7 times what wasm does. */
const OVERHEAD = { wasm: 1.06, native: 1.06, cpu: 1.06, node: 1.5 } as const;
/** What DenseNets take more: heaps of DenseNet-161 were up to 31% larger than the estimate, for each of its many maps is larger than the one before. */
const GAPS_OF_DENSENETS = 1.22;

/** Whether its tensors are on the heap of WebAssembly. */
const onHeap = (backend: SelectedBackend['name']) => backend === 'wasm' || backend === 'native';

/** The memory that a backend has for training a network of the named architecture, or null as of {@link memoryRoom}. */
export function trainingRoom(
  backend: SelectedBackend['name'],
  arch: string,
  machine = machineMemory(),
): MemoryRoom | null {
  const room = memoryRoom(backend, machine);
  const gaps = onHeap(backend) && arch.startsWith('densenet') ? GAPS_OF_DENSENETS : 1;
  return room && { ...room, bytes: room.bytes / gaps };
}

/**
 * The memory that a backend can use, or null where nobody tells how much that is: on GPUs.
 *
 * @param machine bytes of the machine. @default those of this one, or of the container that the process is in
 */
export function memoryRoom(
  backend: SelectedBackend['name'],
  machine = machineMemory(),
): MemoryRoom | null {
  if (backend === 'webgpu' || backend === 'node-gpu') return null;
  const ofMachine = Math.max(0, (machine - PROCESS) / OVERHEAD[backend]);
  const ofHeap = onHeap(backend) ? HEAP_SHARE * WASM_HEAP : Number.POSITIVE_INFINITY;
  if (ofHeap <= ofMachine) {
    return { bytes: ofHeap, description: `WebAssembly has ${bytes(WASM_HEAP)}` };
  }
  return { bytes: ofMachine, description: `this machine has ${bytes(machine)}` };
}

/**
 * The size that wasm's heap grows to over the estimate of a test, as measured from `mini` to DenseNet-161 (1.4 to 2.4):
 * its few large maps leave gaps that nothing else fits into.
 */
const GAPS = 2.4;

/** Likewise for tests and predictions, as `inferenceMemory` of @fbsd/trainer counts. */
export function testRoom(
  backend: SelectedBackend['name'],
  machine = machineMemory(),
): MemoryRoom | null {
  const room = memoryRoom(backend, machine);
  return room && onHeap(backend) ? { ...room, bytes: room.bytes / GAPS } : room;
}

/** Of this process, beside others of the job on the machine. */
function machineMemory(): number {
  const limit = process.constrainedMemory(); // 0 or beyond all memory where there is none
  const all = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return all / (processes()?.localSize ?? 1);
}
