import { fileURLToPath } from 'node:url';
import { MeasuredProcess } from '../measured-process.js';
import { interleavedRounds } from '../rounds.js';

const SERVE = new URL('../serve.js', import.meta.url).href;
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** A child that runs the code as a module. */
function child(code: string): MeasuredProcess {
  return new MeasuredProcess(process.execPath, ['--input-type=module', '--eval', code]);
}

/** A child that serves as ours does. */
function serving(step: string): MeasuredProcess {
  return child(`
    import { serve } from '${SERVE}';
    console.log('a library says hello');
    await serve({ step: async () => { ${step} }, description: 'a test', roundSeconds: 0.001 });
  `);
}

describe('rounds', () => {
  test('every contestant is measured in each round', async () => {
    const create = () => serving('await 0;');
    const { a, b } = await interleavedRounds({ a: create, b: create }, 3);
    for (const outcome of [a, b]) {
      expect(outcome).toMatchObject({ description: 'a test' });
      const { milliseconds, peakBytes } = outcome as Exclude<typeof outcome, { error: string }>;
      expect(milliseconds).toHaveLength(3);
      for (const value of milliseconds) expect(value).toBeGreaterThan(0);
      expect(peakBytes).toBeGreaterThan(10 * 2 ** 20); // Node itself has more, in bytes
    }
  });

  test('they run one after the other', async () => {
    const order: string[] = [];
    const contestant = (name: string) => () =>
      ({
        ready: async () => name,
        round: async () => order.push(name),
        finish: async () => ({ peakBytes: 1 }),
        kill: () => {},
      }) as unknown as MeasuredProcess;
    await interleavedRounds({ ours: contestant('ours'), pytorch: contestant('pytorch') }, 2);
    expect(order).toEqual(['ours', 'pytorch', 'ours', 'pytorch']);
  });

  test('who fails says why and does not stop the others', async () => {
    const { broken, absent, sound } = await interleavedRounds(
      {
        broken: () => serving("throw new Error('no memory left');"),
        absent: () => new MeasuredProcess(`${FOLDER}no-such-program`, []),
        sound: () => serving('await 0;'),
      },
      2,
    );
    expect(broken).toEqual({ error: expect.stringContaining('no memory left') });
    expect(absent).toEqual({ error: expect.stringContaining('ENOENT') });
    expect(sound).toMatchObject({ description: 'a test' });
  });
});
