import { ThreadedWasmError } from '../threads/error.ts';
import type { StartThread } from '../threads/thread.ts';

/** Starts a Worker; its program comes as a Blob, so that no bundler has to find a file. */
export const startThread: StartThread = (program, data) => {
  const source = `onmessage = ({ data }) => (${program})(data, () => postMessage('ready'));`;
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  const started = new Promise<void>((resolve, reject) => {
    worker = new Worker(address);
    worker.onmessage = () => resolve();
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message || 'it was blocked'));
    };
    worker.postMessage(data);
  });
  const ready = started
    .catch((cause: Error) => {
      throw new ThreadedWasmError(
        'thread-failed',
        `a thread does not start (${cause.message}). If the page has a Content-Security-Policy, allow worker-src blob:.`,
        { cause },
      );
    })
    .finally(() => URL.revokeObjectURL(address));
  return { ready, terminate: () => worker?.terminate() };
};
