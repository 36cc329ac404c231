import { backend, getBackend, setBackend } from '@tensorflow/tfjs-core';

// In a variable, so that neither TypeScript nor the linter wants the optional package.
const tfjsNode = '@tensorflow/tfjs-node';

/** Why the backend of tfjs-node is not there; undefined if it is. */
const missing: string | undefined = await import(tfjsNode).then(
  async () => {
    await setBackend('tensorflow');
    backend();
    return getBackend() === 'tensorflow' ? undefined : 'the backend did not start';
  },
  (error: NodeJS.ErrnoException) =>
    error.message.includes('Cannot find module')
      ? 'tfjs-node is not installed: npm run setup:tensorflow'
      : error.message.split('\n')[0],
);

/** Declares tests on the backend of tfjs-node; without it they are reported as skipped, with the reason. */
export function describeTensorFlow(name: string, body: () => void): void {
  if (missing) describe.skip(`${name} on tensorflow (${missing})`, body);
  else describe(`${name} on tensorflow`, body);
}
