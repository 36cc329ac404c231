// The process of a given rank ends in a given way; the others wait for it.
import { startMpi } from '@fbsd/mpi';

const [way, failing] = process.argv.slice(2);
const mpi = startMpi();
if (mpi.rank === Number(failing)) {
  if (way === 'exception') throw new Error('a bird too many');
  if (way === 'exit') process.exit(7);
  if (way === 'kill') process.kill(process.pid, 'SIGKILL');
}
mpi.allReduceSum(new Float32Array(1));
process.stdout.write('nobody should get here\n');
