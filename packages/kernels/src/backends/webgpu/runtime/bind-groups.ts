import { WordMap } from './word-map.ts';

/*
 * A step of training binds what the step before it bound: the same pipelines, buffers and uniforms. To make
 * a bind group takes longer than to record and submit the dispatch, so they are kept.
 */

/** As many may be made before those are dropped that were not used meanwhile: more than any step makes. */
const MADE_BETWEEN_SWEEPS = 8192;

/** 32-bit values, integers and floats, as they lie in a buffer. */
export type Bits = Int32Array<ArrayBuffer>;

/** Where buffers for uniforms come from. */
export interface UniformBuffers {
  /** A buffer with these values, which nobody else writes. */
  acquire(uniforms: Bits): GPUBuffer;
  /** Takes one back; what was recorded may still use it. */
  release(buffer: GPUBuffer): void;
}

interface Kept {
  readonly group: GPUBindGroup;
  readonly uniforms: Uniforms;
  /** The last sweep before it was used. */
  used: number;
}

/** Uniforms of the same values share a buffer, which is written once. */
interface Uniforms {
  readonly buffer: GPUBuffer;
  /** How many bind groups they are in. */
  groups: number;
}

/** The bind groups of a device by what they bind. */
export class BindGroups {
  private readonly device: GPUDevice;
  private readonly uniformBuffers: UniformBuffers;
  /** By numbers of pipeline and buffers, and the values of the uniforms. */
  private readonly groups = new WordMap<Kept>();
  private readonly uniforms = new WordMap<Uniforms>();
  private made = 0;
  private sweeps = 0;

  constructor(device: GPUDevice, uniformBuffers: UniformBuffers) {
    this.device = device;
    this.uniformBuffers = uniformBuffers;
  }

  /**
   * The buffers in the order of their bindings, then the uniforms.
   *
   * @param values of the uniforms
   */
  get(pipeline: GPUComputePipeline, buffers: readonly GPUBuffer[], values: Bits): GPUBindGroup {
    const key = keyOf(pipeline, buffers, values);
    let kept = this.groups.get(key);
    if (!kept) {
      if (++this.made > MADE_BETWEEN_SWEEPS) this.sweep();
      const uniforms = this.uniformsOf(values);
      uniforms.groups++;
      const group = makeBindGroup(this.device, pipeline, [...buffers, uniforms.buffer]);
      kept = { group, uniforms, used: this.sweeps };
      this.groups.add(key, kept);
    }
    kept.used = this.sweeps;
    return kept.group;
  }

  private uniformsOf(values: Bits): Uniforms {
    let uniforms = this.uniforms.get(values);
    if (!uniforms) {
      uniforms = { buffer: this.uniformBuffers.acquire(values), groups: 0 };
      this.uniforms.add(values, uniforms);
    }
    return uniforms;
  }

  /** Drops what was not used since the last sweep. */
  private sweep(): void {
    this.groups.removeIf(({ used, uniforms }) => {
      const unused = used < this.sweeps;
      if (unused) uniforms.groups--;
      return unused;
    });
    this.uniforms.removeIf(({ groups, buffer }) => {
      if (groups === 0) this.uniformBuffers.release(buffer);
      return groups === 0;
    });
    this.made = 0;
    this.sweeps++;
  }
}

function keyOf(pipeline: GPUComputePipeline, buffers: readonly GPUBuffer[], values: Bits): Bits {
  const key = new Int32Array(1 + buffers.length + values.length);
  key[0] = numberOf(pipeline);
  for (let i = 0; i < buffers.length; i++) key[1 + i] = numberOf(buffers[i] as GPUBuffer);
  key.set(values, 1 + buffers.length);
  return key;
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
