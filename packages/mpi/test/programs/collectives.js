// What each process of a job finds out, a line of JSON each.
import { startMpi } from '@fbsd/mpi';

const mpi = startMpi({ background: true });
const { rank, size, localRank, localSize } = mpi;

const own = Float32Array.from({ length: 1000 }, (_, i) => (rank + 1) * i);
mpi.allReduceSum(own);

// As wasm has it on threads, beyond 2 GiB, where addresses as int32 would be negative.
const heap = new WebAssembly.Memory({ initial: 40_000, maximum: 65_536, shared: true });
const inHeap = new Float32Array(heap.buffer, 2.2 * 2 ** 30, 3).fill(rank + 1);
mpi.allReduceSum(inHeap);

const thirds = Float32Array.of(1 / 3 + rank, rank === 0 ? 1e8 : 1 / 7);
mpi.allReduceSum(thirds);

// Several at once, one of which goes in more pieces than are on their way together.
const long = new Float32Array(9_000_001).fill(rank + 1);
const short = Float32Array.of(1, rank);
mpi.allReduceSum(long, new Float32Array(0), short);
const several = [long.every((value) => value === long[0]), long[0], ...short];

// In the background, among others that wait for each other; the last of it comes at another time in each process.
const parts = [3_000_000, 1, 0, 700_000].map((n) => new Float32Array(n).fill(rank + 1));
for (const [i, part] of parts.entries()) {
  if (rank === 0 || i < 2) mpi.background?.add(part);
  mpi.allReduceSum(new Float32Array(1));
  if (rank === 0) mpi.background?.progress();
}
if (rank > 0) for (const part of parts.slice(2)) mpi.background?.add(part);
mpi.background?.finish();
const background = parts.map((part) => part.every((value) => value === part[0]) && part[0]);

const bytes = Uint8Array.of(rank, 10 * rank, 100);
mpi.broadcast(bytes, size - 1);
mpi.barrier();
mpi.allReduceSum(new Float32Array(0));

const sums = Buffer.from(thirds.buffer).toString('hex');
const { UCX_MEM_EVENTS: memoryEvents } = process.env;
const found = {
  rank,
  size,
  localRank,
  localSize,
  last: own[999],
  inHeap: [...inHeap],
  sums,
  several,
  background,
  memoryEvents,
};
process.stdout.write(
  `${JSON.stringify({ ...found, bytes: [...bytes], same: startMpi() === mpi })}\n`,
);
