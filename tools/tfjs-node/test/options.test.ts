import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../src/options.js';

describe('options', () => {
  test('name one TensorFlow and the package', () => {
    expect(parseOptions(['--python', '.venv/bin/python'])).toEqual({
      python: '.venv/bin/python',
      gpu: false,
      help: false,
      package: '@tensorflow/tfjs-node',
    });
    expect(parseOptions(['--libtensorflow=/opt/tf', '--gpu'])).toEqual({
      libtensorflow: '/opt/tf',
      gpu: true,
      help: false,
      package: '@tensorflow/tfjs-node-gpu',
    });
  });

  test.each([
    [[], 'expected --python or --libtensorflow; got neither.'],
    [['--python', 'a', '--libtensorflow', 'b'], 'got both.'],
    [['--pyton', 'a'], "Unknown option '--pyton'"],
    [['/opt/tf'], 'Unexpected argument'],
    [['--python'], "'--python <value>' argument missing"],
  ])('%j is refused with the usage', (args, message) => {
    const parse = () => parseOptions(args);
    expect(parse).toThrow(TypeError);
    expect(parse).toThrow(message);
    expect(parse).toThrow('npm run setup:tensorflow -- --python PATH');
  });

  test('the program says what is wrong and fails', () => {
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
    const wrong = run('--libtensorflow', '/no/such/folder');
    expect(wrong.stderr).toContain('[setup:tensorflow] no TensorFlow in /no/such/folder');
    expect(wrong.status).toBe(1);
    const help = run('--help');
    expect(help.stdout).toContain('--libtensorflow DIR');
    expect(help.status).toBe(0);
  });
});
