import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { StartThread } from '../threads/thread.ts';

/** Starts a thread of Node, which does not keep the process alive once it waits for calls. */
export const startThread: StartThread = (program, data) => {
  const source = `const { workerData, parentPort } = require('node:worker_threads');
    (${program})(workerData, () => parentPort.postMessage('ready'));`;
  const worker = new Worker(source, { eval: true, workerData: data, execArgv: [] });
  return {
    ready: once(worker, 'message').then(() => worker.unref()),
    terminate: () => worker.terminate(),
  };
};
