import { createRequire } from 'node:module';
import { verify } from '../src/verify.js';
import { folderWith } from './folders.ts';

const require = createRequire(import.meta.url);
const tfjs = [
  require.resolve('@tensorflow/tfjs-core'),
  require.resolve('@tensorflow/tfjs-layers'),
  require.resolve('@tensorflow/tfjs-backend-cpu'),
];

/**
 * A package in the place of tfjs-node that computes with tfjs's own cpu backend.
 *
 * @param change code that may change `tf`
 */
function packageWith(change: string): string {
  return folderWith({
    'package.json': '{ "type": "commonjs" }', // whatever one lies above
    'dist/index.js': `
      const [core] = ${JSON.stringify(tfjs)}.map((path) => require(path));
      const tf = { ...core, backend: () => ({ binding: { TF_Version: '2.0' }, isUsingGpuDevice: true }) };
      ${change}
      module.exports = tf;`,
  });
}

describe('verify', () => {
  test('reports the version and the device of a backend that computes rightly', () => {
    expect(verify(packageWith(''))).toEqual({ version: '2.0', gpu: true });
  });

  test.each([
    [
      'a convolution is wrong',
      'tf.conv2d = (x, w) => core.mul(core.conv2d(x, w, 1, "same"), 1.01)',
    ],
    [
      'the gradient of its weights is wrong',
      'tf.grads = (f) => (xs, dy) => { const [dx, dw] = core.grads(f)(xs, dy); return [dx, core.add(dw, 1)]; }',
    ],
    ['no such library', 'throw new Error("no such library")'],
  ])('%s', (message, change) => {
    const run = () => verify(packageWith(change));
    expect(run).toThrow('the addon was built but does not work (exit code 1)');
    expect(run).toThrow(message);
  });

  test('outlives a library that ends the process', () => {
    const run = () => verify(packageWith('process.kill(process.pid, "SIGSEGV")'));
    expect(run).toThrow('does not work (SIGSEGV)');
  });
});
