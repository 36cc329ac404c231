/*
 * A step of training binds what the step before it bound: the same pipelines, buffers and uniforms. To make
 * a bind group takes longer than to record and submit the dispatch, so they are kept.
 */

/** As many may be made before those are dropped that were not used meanwhile: more than any step makes. */
const MADE_BETWEEN_SWEEPS = 8192;

/** Where buffers for uniforms come from. */
export interface UniformBuffers {
  /** A buffer with these values, which nobody else writes. */
  acquire(uniforms: ArrayBuffer): GPUBuffer;
  /** Takes one back; what was recorded may still use it. */
  release(buffer: GPUBuffer): void;
}

interface Kept {
  readonly group: GPUBindGroup;
  /** The last sweep before it was used. */
  used: number;
}

/** Uniforms of the same values share a buffer, which is written once. */
interface Uniforms {
  readonly buffer: GPUBuffer;
  /** Of the bind groups that they are in. */
  readonly groups: Map<string, Kept>;
}

/** The bind groups of a device by what they bind. */
export class BindGroups {
  private readonly device: GPUDevice;
  private readonly uniformBuffers: UniformBuffers;
  private readonly all = new Map<string, Uniforms>();
  private made = 0;
  private sweeps = 0;

  constructor(device: GPUDevice, uniformBuffers: UniformBuffers) {
    this.device = device;
    this.uniformBuffers = uniformBuffers;
  }

  /** The buffers in the order of their bindings, then the uniforms. */
  get(
    pipeline: GPUComputePipeline,
    buffers: readonly GPUBuffer[],
    values: ArrayBuffer,
  ): GPUBindGroup {
    const bytes = String.fromCharCode.apply(null, new Uint16Array(values) as unknown as number[]);
    let uniforms = this.all.get(bytes);
    if (!uniforms) {
      uniforms = { buffer: this.uniformBuffers.acquire(values), groups: new Map() };
      this.all.set(bytes, uniforms);
    }
    let key = String(numberOf(pipeline));
    for (const buffer of buffers) key += ` ${numberOf(buffer)}`;
    let kept = uniforms.groups.get(key);
    if (!kept) {
      const group = makeBindGroup(this.device, pipeline, [...buffers, uniforms.buffer]);
      kept = { group, used: this.sweeps };
      uniforms.groups.set(key, kept);
      if (++this.made >= MADE_BETWEEN_SWEEPS) this.sweep();
    }
    kept.used = this.sweeps;
    return kept.group;
  }

  private sweep(): void {
    for (const [bytes, { buffer, groups }] of this.all) {
      for (const [key, { used }] of groups) if (used < this.sweeps) groups.delete(key);
      if (groups.size > 0) continue;
      this.all.delete(bytes);
      this.uniformBuffers.release(buffer);
    }
    this.made = 0;
    this.sweeps++;
  }
}

export function makeBindGroup(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  buffers: readonly GPUBuffer[],
): GPUBindGroup {
  return device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
}

const numbers = new WeakMap<object, number>();
let next = 0;

/** A number that no other object has: an earlier one than those that are asked for later. */
export function numberOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) {
    number = next++;
    numbers.set(object, number);
  }
  return number;
}
