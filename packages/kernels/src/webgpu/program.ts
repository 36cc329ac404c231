import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { record, type WebGPUBackend } from './backend.ts';

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
  /** What else the code depends on; with name, directives and bindings it decides the code. */
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

/** Runs a program. */
export function run(backend: WebGPUBackend, program: Program): void {
  const bindings = [
    ...Object.entries(program.reads).map(([name, x]) => bind(name, x, 'read')),
    ...Object.entries(program.writes).map(([name, x]) => bind(name, x, 'read_write')),
  ];
  const { integers = {}, floats = {} } = program;
  const fields = [
    ...Object.keys(integers).map((name) => `${name}: i32`),
    ...Object.keys(floats).map((name) => `${name}: f32`),
  ];
  record(backend, {
    name: program.name,
    pipeline: pipelineOf(backend.device, program, bindings, fields),
    tensors: bindings.map(({ tensor }) => tensor),
    uniforms: packed(Object.values(integers), Object.values(floats)),
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

/** The number of values of a tensor. */
export function sizeOf({ shape }: TensorInfo): number {
  return util.sizeFromShape([...shape]);
}

/** How many values a shader may take at once from arrays of these sizes. */
export function widthFor(...sizes: number[]): 1 | 4 {
  return sizes.every((size) => size % 4 === 0) ? 4 : 1;
}

interface Bound {
  readonly name: string;
  readonly tensor: TensorInfo;
  readonly access: 'read' | 'read_write';
  /** The type of an element in WGSL. */
  readonly type: string;
}

function bind(name: string, x: TensorInfo | Binding, access: Bound['access']): Bound {
  const { tensor, width = 1 } = 'tensor' in x ? x : { tensor: x };
  const scalar = tensor.dtype === 'float32' ? 'f32' : 'i32';
  return { name, tensor, access, type: width === 4 ? `vec4<${scalar}>` : scalar };
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineOf(
  device: GPUDevice,
  { name, variant = '', directives = '', code }: Program,
  bindings: readonly Bound[],
  fields: readonly string[],
): GPUComputePipeline {
  let known = pipelines.get(device);
  if (!known) {
    known = new Map();
    pipelines.set(device, known);
  }
  const types = bindings.map(({ name, type }) => `${name}:${type}`);
  const key = [name, variant, directives, ...types].join(' ');
  let pipeline = known.get(key);
  if (!pipeline) {
    pipeline = compile(
      device,
      name,
      bindings,
      `${directives}\n${header(bindings, fields)}${code()}`,
    );
    known.set(key, pipeline);
  }
  return pipeline;
}

function compile(
  device: GPUDevice,
  label: string,
  bindings: readonly Bound[],
  code: string,
): GPUComputePipeline {
  // Not layout 'auto', which leaves out what a shader does not use.
  const types = [
    ...bindings.map(({ access }) => (access === 'read' ? 'read-only-storage' : 'storage')),
    'uniform',
  ] as const;
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  return device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
  });
}

function header(bindings: readonly Bound[], fields: readonly string[]): string {
  const declarations = bindings.map(
    ({ name, access, type }, i) =>
      `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${type}>;\n`,
  );
  return `
struct Uniforms { ${fields.join(', ')} };
${declarations.join('')}@group(0) @binding(${bindings.length}) var<uniform> u: Uniforms;
`;
}

/** Integers, then floats, filled up to a multiple of 16 bytes. */
function packed(integers: readonly number[], floats: readonly number[]): ArrayBuffer {
  const count = integers.length + floats.length;
  const buffer = new ArrayBuffer(16 * Math.ceil(count / 4));
  new Int32Array(buffer).set(integers);
  new Float32Array(buffer, 4 * integers.length).set(floats);
  return buffer;
}
