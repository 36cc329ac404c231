import { useWebGPU, type WebGPU, type WebGPUOptions } from '@fbsd/kernels/node';
import { memory } from '@tensorflow/tfjs-core';

/** Why WebGPU is not there with these options; undefined if it is. */
async function missing(options: WebGPUOptions): Promise<string | undefined> {
  try {
    (await useWebGPU(options)).dispose();
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0]?.replace('[@fbsd/kernels] ', '');
  }
}

const SOFTWARE = { allowSoftware: true };
const HALVES = { ...SOFTWARE, precision: 'float16' } as const;
const absent = {
  plain: await missing(SOFTWARE),
  withMatrixUnits: await missing(HALVES),
};

/**
 * Declares tests on WebGPU, on a GPU or a driver that computes on the CPU; without both they are reported
 * as skipped, with the reason. `body` gets at the backend in use by a function, within tests.
 */
export function describeWebGPU(name: string, body: (webgpu: () => WebGPU) => void): void {
  describeWith(`${name} on webgpu`, SOFTWARE, absent.plain, body);
}

/** The same with the matrix units of the GPU or driver, if Dawn finds any. */
export function describeMatrixUnits(
  name: string,
  precision: 'float16' | 'float16x3',
  body: (webgpu: () => WebGPU) => void,
): void {
  const options = { ...SOFTWARE, precision };
  describeWith(`${name} on webgpu with ${precision}`, options, absent.withMatrixUnits, body);
}

function describeWith(
  name: string,
  options: WebGPUOptions,
  missing: string | undefined,
  body: (webgpu: () => WebGPU) => void,
): void {
  if (missing) {
    describe.skip(`${name} (${missing})`, () => body(() => never()));
    return;
  }
  describe(name, () => {
    let webgpu: WebGPU;
    beforeAll(async () => {
      webgpu = await useWebGPU(options);
    });
    afterAll(() => webgpu.dispose());
    body(() => webgpu);
  });
}

function never(): never {
  throw new Error('A test that is skipped was run.');
}

/** Runs `f` with a device that seems to have no subgroups. */
export async function withoutSubgroups<T>(device: GPUDevice, f: () => Promise<T>): Promise<T> {
  const { features } = device;
  const has = (name: string) => name !== 'subgroups' && features.has(name);
  const own = Object.getOwnPropertyDescriptor(device, 'features'); // if it is the device's own
  Object.defineProperty(device, 'features', { value: { has }, configurable: true });
  try {
    return await f();
  } finally {
    Reflect.deleteProperty(device, 'features');
    if (own) Object.defineProperty(device, 'features', own);
  }
}

/** Bytes of all buffers on the GPU, those that wait for reuse included. */
export function allocatedBytes(): number {
  return (memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
}
