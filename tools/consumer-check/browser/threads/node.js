// What program.js does, in Node.
import { useThreadedWasm } from '@fbsd/kernels/node';
import { train } from './train.js';

const threaded = await useThreadedWasm({ threads: Number(process.argv[2]) });
console.log(JSON.stringify(await train()));
await threaded.dispose();
