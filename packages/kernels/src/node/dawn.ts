import {
  MATRIX_FEATURES,
  type MatrixUnits,
  matrixUnitsOf,
  useMatrixUnits,
  type ValueParts,
} from '../backends/webgpu/products/matrix-units.ts';
import { NoGPUError } from './gpu-error.ts';

/*
 * Brings Dawn, the WebGPU of Chromium, and tfjs's backend together in Node. tfjs looks for WebGPU where a
 * browser has it: `navigator.gpu`, and classes and constants among the globals.
 */

// In variables: TypeScript does not look for packages that are optional.
const DAWN = 'webgpu';
const BACKEND = '@tensorflow/tfjs-backend-webgpu';

/**
 * SwiftShader sets workgroup memory to zero value by value, in code that it compiles for seconds. No
 * kernel reads there what it has not written.
 */
const SOFTWARE_FEATURE = 'disable_workgroup_init';

/** Timestamps as the GPU has them, and not in steps of 0.1 ms as for web pages. */
const TIMESTAMP_OPTION = 'disable-dawn-features=timestamp_quantization';

/**
 * Dawn has matrix units as an experiment only, and on NVIDIA's Vulkan the 16-bit floats for them only on
 * demand, because some of their functions, none of them used here, are less exact there than WebGPU asks for.
 * WebGPU's checks of every index are left out with them: around each matrix that is loaded they cost a third of
 * the speed. No shader of ours or of tfjs's reads outside of its arrays.
 */
const MATRIX_UNIT_FEATURES = [
  'allow_unsafe_apis',
  'vulkan_enable_f16_on_nvidia',
  'disable_robustness',
];

interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

interface BackendPackage {
  WebGPUBackend: new (device: GPUDevice, info: GPUAdapterInfo) => object;
}

/** Features that are used where the adapter has them. */
const FEATURES = ['timestamp-query', 'shader-f16', 'subgroups'] as const;

/** The GPU that computes. */
export interface GPUDescription {
  /** As its driver calls it. */
  readonly name: string;
  /** Who made it, as `nvidia`; empty where the driver does not say. */
  readonly vendor: string;
  /** Its generation, as `hopper`; empty where the driver does not say. */
  readonly architecture: string;
  /** Whether it is a CPU. */
  readonly software: boolean;
}

export interface RequestedGPU {
  readonly device: GPUDevice;
  readonly gpu: GPUDescription;
  /** tfjs's backend on it. */
  readonly backend: object;
}

/** With what the products of matrices are computed; see `WebGPUOptions`. */
export type ProductPrecision = 'float32' | 'float16x3' | 'float16';

/** How many 16-bit floats stand for a value. */
const PARTS: Readonly<Record<Exclude<ProductPrecision, 'float32'>, ValueParts>> = {
  float16: 1,
  float16x3: 2,
};

/** A device with all that its adapter offers, and tfjs's backend on it. */
export async function requestGPU(
  allowSoftware: boolean,
  precision: ProductPrecision,
): Promise<RequestedGPU> {
  const { create, globals } = (await importOptional(DAWN)) as unknown as Dawn;
  Object.assign(globalThis, globals);
  const features = [
    ...(precision === 'float32' ? [] : MATRIX_UNIT_FEATURES),
    ...(allowSoftware ? [SOFTWARE_FEATURE] : []),
  ];
  const gpus = instanceOf(globals, create, [
    TIMESTAMP_OPTION,
    ...(features.length > 0 ? [`enable-dawn-features=${features}`] : []),
  ]);
  return withNavigatorGPU(gpus, async () => {
    const { WebGPUBackend } = (await importOptional(BACKEND)) as unknown as BackendPackage;
    const adapter = await gpus.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) {
      throw new NoGPUError(
        '[@fbsd/kernels] useWebGPU: no GPU was found. Install its driver; on Linux also the Vulkan loader (Debian: libvulkan1).',
      );
    }
    const gpu = describe(adapter.info);
    if (gpu.software && !allowSoftware) {
      throw new NoGPUError(
        `[@fbsd/kernels] useWebGPU: the only adapter is ${gpu.name}, which computes on the CPU, slower than wasm. ` +
          'Install the driver of the GPU, or ask for software with allowSoftware: true.',
      );
    }
    const units = precision === 'float32' ? undefined : matrixUnits(adapter, gpu.name, precision);
    const features = [...FEATURES, ...(units ? MATRIX_FEATURES : [])];
    const device = await adapter.requestDevice({
      requiredFeatures: features.filter((name) => adapter.features.has(name)) as GPUFeatureName[],
      requiredLimits: limitsOf(adapter),
    });
    if (units) useMatrixUnits(device, units);
    return { device, gpu, backend: new WebGPUBackend(device, adapter.info) };
  });
}

function matrixUnits(
  adapter: GPUAdapter,
  name: string,
  precision: keyof typeof PARTS,
): MatrixUnits {
  const units = MATRIX_FEATURES.every((feature) => adapter.features.has(feature))
    ? matrixUnitsOf(adapter, PARTS[precision])
    : undefined;
  if (units) return units;
  throw new Error(
    `[@fbsd/kernels] useWebGPU: precision ${precision} needs matrix units that multiply 16-bit floats and add in ` +
      `float32, which Dawn has not found in ${name}. Use precision: 'float32'.`,
  );
}

const INSTANCES = Symbol.for('@fbsd/kernels Dawn');

/**
 * The one instance of Dawn in a process with these options, held as long as it runs: when it is freed, so are its
 * devices, in use or not, and memory is corrupted. It is kept with Dawn's own classes, which outlive any module.
 */
function instanceOf(
  globals: Dawn['globals'],
  create: Dawn['create'],
  options: readonly string[],
): GPU {
  if (!Object.hasOwn(globals, INSTANCES)) {
    Object.defineProperty(globals, INSTANCES, { value: new Map<string, GPU>() });
  }
  const instances = Reflect.get(globals, INSTANCES) as Map<string, GPU>;
  const key = options.join(' ');
  const known = instances.get(key) ?? create([...options]);
  instances.set(key, known);
  return known;
}

async function importOptional(name: string): Promise<Record<string, unknown>> {
  try {
    return await import(name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent =
      code?.endsWith('MODULE_NOT_FOUND') || message.includes(`Cannot find module '${name}'`);
    throw new Error(
      absent
        ? `[@fbsd/kernels] useWebGPU: the package ${name} is not installed. Run npm install ${DAWN} ${BACKEND}.`
        : `[@fbsd/kernels] useWebGPU: the package ${name} does not load: ${message}`,
      { cause: error },
    );
  }
}

/**
 * Runs `f` with WebGPU where browsers have it, and takes it away again: Dawn does not let a process end
 * that can still reach it there.
 */
async function withNavigatorGPU<T>(gpu: GPU, f: () => Promise<T>): Promise<T> {
  const own = !('navigator' in globalThis); // Node 20 has none
  const navigator = own ? {} : globalThis.navigator;
  if (own) Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  try {
    return await f();
  } finally {
    Reflect.deleteProperty(navigator, 'gpu');
    if (own) Reflect.deleteProperty(globalThis, 'navigator');
  }
}

function describe(info: GPUAdapterInfo): GPUDescription {
  const { vendor, architecture, device, description } = info;
  const name = [description || device || vendor || 'a GPU without a name'];
  if (description && device && !description.includes(device)) name.push(`(${device})`);
  return { name: name.join(' '), vendor, architecture, software: info.isFallbackAdapter };
}

function limitsOf({ limits }: GPUAdapter): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name in limits) {
    const value: unknown = Reflect.get(limits, name);
    if (typeof value === 'number') all[name] = value;
  }
  return all;
}
