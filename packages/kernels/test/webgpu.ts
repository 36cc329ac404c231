import { useWebGPU, type WebGPU } from '@fbsd/kernels/node';

/** Why WebGPU is not there; undefined if it is. */
const missing: string | undefined = (await useWebGPU({ allowSoftware: true }).then(
  (webgpu) => webgpu.dispose(),
  (error: Error) => error.message.split('\n')[0]?.replace('[@fbsd/kernels] ', ''),
)) as string | undefined;

/**
 * Declares tests on WebGPU, on a GPU or a driver that computes on the CPU; without both they are reported
 * as skipped, with the reason. `body` gets at the backend in use by a function, within tests.
 */
export function describeWebGPU(name: string, body: (webgpu: () => WebGPU) => void): void {
  if (missing) {
    describe.skip(`${name} on webgpu (${missing})`, () => body(() => never()));
    return;
  }
  describe(`${name} on webgpu`, () => {
    let webgpu: WebGPU;
    beforeAll(async () => {
      webgpu = await useWebGPU({ allowSoftware: true });
    });
    afterAll(() => webgpu.dispose());
    body(() => webgpu);
  });
}

function never(): never {
  throw new Error('A test that is skipped was run.');
}
