import { BindGroups } from '../../../src/backends/webgpu/runtime/bind-groups.ts';

const SWEEP = 8192;

/** A device that makes objects. */
function setUp() {
  const made: GPUBindGroupDescriptor[] = [];
  const device = {
    createBindGroup(descriptor: GPUBindGroupDescriptor) {
      made.push(descriptor);
      return {};
    },
  } as unknown as GPUDevice;
  const pipeline = () => ({ getBindGroupLayout: () => ({}) }) as unknown as GPUComputePipeline;
  const buffer = () => ({}) as GPUBuffer;
  const inUse = new Set<GPUBuffer>();
  const groups = new BindGroups(device, {
    acquire() {
      const uniforms = buffer();
      inUse.add(uniforms);
      return uniforms;
    },
    release: (uniforms) => inUse.delete(uniforms),
  });
  return { groups, made, pipeline, buffer, inUse };
}

const uniforms = (...values: number[]) => new Int32Array(new Float32Array(values).buffer);

describe('bind groups', () => {
  test('are made once for a pipeline, buffers and values of uniforms', () => {
    const { groups, made, pipeline, buffer } = setUp();
    const [p, q, a, b] = [pipeline(), pipeline(), buffer(), buffer()];
    const group = groups.get(p, [a, b], uniforms(1, 2));
    expect(groups.get(p, [a, b], uniforms(1, 2))).toBe(group);
    expect(made).toHaveLength(1);
    for (const other of [
      groups.get(q, [a, b], uniforms(1, 2)),
      groups.get(p, [b, a], uniforms(1, 2)),
      groups.get(p, [a], uniforms(1, 2)),
      groups.get(p, [a, b], uniforms(1, 3)),
      groups.get(p, [a, b], uniforms(1)),
    ]) {
      expect(other).not.toBe(group);
    }
  });

  test('bind the buffers in their order, then the uniforms, which are shared', () => {
    const { groups, made, pipeline, buffer, inUse } = setUp();
    const [a, b] = [buffer(), buffer()];
    groups.get(pipeline(), [a, b], uniforms(1));
    groups.get(pipeline(), [b], uniforms(1));
    const [constants] = inUse;
    const bound = made.map(({ entries }) =>
      [...entries].map(({ binding, resource }) => [binding, (resource as GPUBufferBinding).buffer]),
    );
    expect(inUse.size).toBe(1);
    expect(bound[0]).toEqual([
      [0, a],
      [1, b],
      [2, constants],
    ]);
    expect(bound[1]?.[1]?.[1]).toBe(constants);
  });

  test('uniforms that differ in bits only are not shared', () => {
    const { groups, pipeline, buffer, inUse } = setUp();
    const [p, a] = [pipeline(), buffer()];
    groups.get(p, [a], uniforms(0));
    groups.get(p, [a], uniforms(-0));
    expect(inUse.size).toBe(2);
  });

  test('are dropped with their uniforms when they are not used any more', () => {
    const { groups, made, pipeline, buffer, inUse } = setUp();
    const p = pipeline();
    const often = buffer();
    const kept = groups.get(p, [often], uniforms(-1));
    for (let i = 0; i < 4 * SWEEP; i++) {
      groups.get(p, [buffer()], uniforms(i));
      groups.get(p, [often], uniforms(-1));
    }
    expect(groups.get(p, [often], uniforms(-1))).toBe(kept);
    expect(made).toHaveLength(4 * SWEEP + 1);
    expect(inUse.size).toBeLessThanOrEqual(2 * SWEEP + 1);
  });
});
