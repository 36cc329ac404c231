const THREADS = 256;
const WORKGROUPS = 4096;
/** Chains of multiply-adds that do not wait for each other, and the values of each. */
const CHAINS = 8;
const WIDTH = 4;
const ENOUGH_NANOSECONDS = 2e7;

/**
 * The most float32 operations per second that a shader gets out of a GPU: multiply-adds that need no
 * memory. It runs longer and longer until its time can be relied on, and the fastest of three counts.
 *
 * @param {GPUDevice} device with timestamp-query
 */
export async function measurePeak(device) {
  const pipeline = device.createComputePipeline({
    label: 'peak',
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: CODE }), entryPoint: 'main' },
  });
  const out = device.createBuffer({ size: 4 * THREADS, usage: GPUBufferUsage.STORAGE });
  const rounds = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [out, rounds].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const time = async (/** @type {number} */ count, /** @type {number} */ workgroups) => {
    device.queue.writeBuffer(rounds, 0, new Int32Array([count, 0, 0, 0]));
    return timed(device, (pass) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups);
    });
  };
  // The fewest first: a software driver is done with these.
  let count = 16;
  let workgroups = 1;
  while ((await time(count, workgroups)) < ENOUGH_NANOSECONDS) {
    if (workgroups < WORKGROUPS) workgroups *= 4;
    else count *= 2;
  }
  const times = [];
  for (let run = 0; run < 3; run++) times.push(await time(count, workgroups));
  out.destroy();
  rounds.destroy();
  const operations = 2 * WIDTH * CHAINS * count * THREADS * workgroups;
  return operations / (Math.min(...times) / 1e9);
}

const chains = [...Array(CHAINS).keys()];
const CODE = `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var<uniform> rounds: vec4<i32>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) index: u32) {
  let factor = vec4<f32>(0.999 + f32(index) * 1e-6);
  let term = vec4<f32>(0.001);
  ${chains.map((i) => `var x${i} = vec4<f32>(f32(index) + ${i}.0);`).join(' ')}
  for (var round = 0; round < rounds.x; round++) {
    ${chains.map((i) => `x${i} = fma(x${i}, factor, term);`).join(' ')}
  }
  out[index] = dot(${chains.map((i) => `x${i}`).join(' + ')}, vec4<f32>(1.0));
}`;

/**
 * Nanoseconds of a compute pass on the GPU.
 *
 * @param {GPUDevice} device
 * @param {(pass: GPUComputePassEncoder) => void} record
 */
async function timed(device, record) {
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const readable = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass({
    timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
  });
  record(pass);
  pass.end();
  encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, readable, 0, 16);
  device.queue.submit([encoder.finish()]);
  await readable.mapAsync(GPUMapMode.READ);
  const [begin = 0n, end = 0n] = new BigUint64Array(readable.getMappedRange().slice(0));
  for (const buffer of [resolved, readable]) buffer.destroy();
  querySet.destroy();
  return Number(end - begin);
}
