// Two processes, the second of which is done while the first one is still at work: it must not leave before.
import { startMpi } from '@fbsd/mpi';

const mpi = startMpi();
if (mpi.rank === 0) await new Promise((resolve) => setTimeout(resolve, 500));
const before = Date.now();
mpi.end();
console.log(JSON.stringify({ rank: mpi.rank, before, after: Date.now() }));
process.exitCode = mpi.rank; // of process 1 another code than 0
