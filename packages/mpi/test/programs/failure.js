// The process of a given rank ends in a given way; the others wait for it.
import { Worker } from 'node:worker_threads';
import { startMpi } from '@fbsd/mpi';

const [way, failing] = process.argv.slice(2);
const mpi = startMpi({ background: true });
if (mpi.rank === Number(failing)) {
  if (way === 'exception') throw new Error('a bird too many');
  if (way === 'exit') process.exit(7);
  if (way === 'kill') process.kill(process.pid, 'SIGKILL');
}
if (way === 'kill in the middle') {
  if (mpi.rank === Number(failing)) {
    new Worker("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500)", { eval: true });
  }
  const gradients = Array.from({ length: 4 }, () => new Float32Array(5_000_000));
  // Leaves no turn to a timer of this thread.
  for (;;) {
    for (const gradient of gradients) mpi.background?.add(gradient);
    mpi.allReduceSum(new Float32Array(1));
    mpi.background?.finish();
  }
}
mpi.allReduceSum(new Float32Array(1));
process.stdout.write('nobody should get here\n');
