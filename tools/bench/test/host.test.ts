import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { MeasuredProcess } from '../measured-process.js';

/** Why it cannot run; undefined if it can: the package is optional. */
function missing(): string | undefined {
  try {
    createRequire(import.meta.url).resolve('webgpu');
    return undefined;
  } catch {
    return 'webgpu is not installed';
  }
}

const STEP = fileURLToPath(new URL('../gpu/host-step.js', import.meta.url));
const SMALL = {
  kind: 'train',
  name: 'train-mini-72',
  arch: 'mini',
  classes: 4,
  size: 72,
  batch: 2,
};

(missing() ? describe.skip : describe)('a training step on the null adapter', () => {
  test('makes no buffers and all but no bind groups once it has run for a while', async () => {
    // From the tenth step on; counted, as a slow machine takes few of them in a second.
    const settings = { case: SMALL, stock: false, steps: 30, roundSeconds: 0.001 };
    const child = new MeasuredProcess(process.execPath, [STEP, JSON.stringify(settings)]);
    expect(await child.ready()).toContain('null');
    const { calls, shares } = (await child.finish()) as unknown as {
      calls: import('../gpu/calls.js').Calls;
      shares: import('../gpu/host-shares.js').HostShares | null;
    };
    const dispatches = Object.values(calls.dispatches).reduce((a, b) => a + b);
    expect(calls.dispatches).toHaveProperty('FbsdMoments');
    expect(calls.buffers).toBe(0);
    expect(calls.copies).toBe(1); // the statistics that are read
    expect(calls.bindGroups).toBeLessThanOrEqual(1); // of hundreds of dispatches
    expect(calls.submissions).toBeLessThanOrEqual(dispatches / 15 + 1);
    if (shares) expect(shares.javaScript + shares.dawn + shares.garbage).toBeCloseTo(1);
  }, 60_000);
});
