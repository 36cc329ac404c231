import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { record, type WebGPUBackend } from './backend.ts';
import type { Bits } from './bind-groups.ts';

/** A tensor as a shader sees it. */
export interface Binding {
  readonly tensor: TensorInfo;
  /** 4: as an array of vec4, for which the number of values must be a multiple of 4. @default 1 */
  readonly width?: 1 | 4;
}

/** A compute shader and what it is applied to. */
export interface Program {
  /** Of the kernel; profilers show it. */
  readonly name: string;
  /** Tells apart programs of one name with different code; with name, directives and bindings it decides the code. */
  readonly variant?: string;
  /** Arrays that the shader reads, by their names in it. */
  readonly reads: Readonly<Record<string, TensorInfo | Binding>>;
  /** Arrays that it writes. None of them may be read as well. */
  readonly writes: Readonly<Record<string, TensorInfo | Binding>>;
  /** Fields of `u`, i32. */
  readonly integers?: Readonly<Record<string, number>>;
  /** Fields of `u`, f32. */
  readonly floats?: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number, number];
  /** WGSL directives as `enable subgroups;`. */
  readonly directives?: string;
  /** WGSL with an entry point `main`. */
  readonly code: () => string;
}

/** Runs a program. What depends on its shapes alone is made once: it runs many times in a step. */
export function run(backend: WebGPUBackend, program: Program): void {
  const tensors: TensorInfo[] = [];
  let key = `${program.name} ${program.variant ?? ''} ${program.directives ?? ''}`;
  for (const arrays of [program.reads, program.writes]) {
    for (const name in arrays) {
      const x = arrays[name] as TensorInfo | Binding;
      tensors.push('tensor' in x ? x.tensor : x);
      key += ` ${name}:${typeOf(x)}`;
    }
  }
  record(backend, {
    name: program.name,
    pipeline: pipelineOf(backend.device, key, program),
    tensors,
    uniforms: packed(program.integers ?? {}, program.floats ?? {}),
    workgroups: program.workgroups,
  });
}

/** A new tensor without values. */
export function output(
  backend: WebGPUBackend,
  shape: readonly number[],
  dtype: DataType = 'float32',
): TensorInfo {
  return backend.makeTensorInfo([...shape], dtype);
}

/** A new tensor of zeros. */
export function zeros(backend: WebGPUBackend, shape: readonly number[]): TensorInfo {
  const values = new Float32Array(util.sizeFromShape([...shape]));
  return {
    dataId: backend.write(values, [...shape], 'float32'),
    shape: [...shape],
    dtype: 'float32',
  };
}

/** The number of values of a tensor. */
export function sizeOf({ shape }: TensorInfo): number {
  return util.sizeFromShape([...shape]);
}

/** How many values a shader may take at once from arrays of these sizes. */
export function widthFor(...sizes: number[]): 1 | 4 {
  return sizes.every((size) => size % 4 === 0) ? 4 : 1;
}

/** Arrays of which a shader takes so many values at once, where no other width is given. */
export function wide(arrays: Program['reads'], width: 1 | 4): Record<string, Binding> {
  const bindings: Record<string, Binding> = {};
  for (const name in arrays) {
    const x = arrays[name] as TensorInfo | Binding;
    bindings[name] = 'tensor' in x ? x : { tensor: x, width };
  }
  return bindings;
}

/** The type of an element in WGSL. */
function typeOf(x: TensorInfo | Binding): string {
  const { tensor, width = 1 } = 'tensor' in x ? x : { tensor: x };
  const scalar = tensor.dtype === 'float32' ? 'f32' : 'i32';
  return width === 4 ? `vec4<${scalar}>` : scalar;
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineOf(device: GPUDevice, key: string, program: Program): GPUComputePipeline {
  let known = pipelines.get(device);
  if (!known) {
    known = new Map();
    pipelines.set(device, known);
  }
  let pipeline = known.get(key);
  if (!pipeline) {
    pipeline = compile(device, program);
    known.set(key, pipeline);
  }
  return pipeline;
}

function compile(device: GPUDevice, program: Program): GPUComputePipeline {
  const { name: label, reads, writes, directives = '' } = program;
  // Not layout 'auto', which leaves out what a shader does not use.
  const types = [
    ...Object.keys(reads).map(() => 'read-only-storage' as const),
    ...Object.keys(writes).map(() => 'storage' as const),
    'uniform' as const,
  ];
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const code = `${directives}\n${header(program)}${program.code()}`;
  return device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
  });
}

function header({ reads, writes, integers = {}, floats = {} }: Program): string {
  const arrays = [
    ...Object.entries(reads).map(([name, x]) => ['read', name, x] as const),
    ...Object.entries(writes).map(([name, x]) => ['read_write', name, x] as const),
  ];
  const declarations = arrays.map(
    ([access, name, x], i) =>
      `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${typeOf(x)}>;\n`,
  );
  const fields = [
    ...Object.keys(integers).map((name) => `${name}: i32`),
    ...Object.keys(floats).map((name) => `${name}: f32`),
  ];
  return `
struct Uniforms { ${fields.join(', ')} };
${declarations.join('')}@group(0) @binding(${arrays.length}) var<uniform> u: Uniforms;
`;
}

/** Integers, then floats, filled up to a multiple of 16 bytes. */
function packed(
  integers: Readonly<Record<string, number>>,
  floats: Readonly<Record<string, number>>,
): Bits {
  const values: number[] = [];
  for (const name in integers) values.push(integers[name] as number);
  for (const name in floats) {
    float[0] = floats[name] as number;
    values.push(bits[0] as number);
  }
  const words = new Int32Array(4 * Math.ceil(values.length / 4));
  words.set(values);
  return words;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);
