/**
 * @typedef {object} Calls what a step asks of WebGPU
 * @property {Record<string, number>} dispatches by the name of the program
 * @property {number} submissions
 * @property {number} passes
 * @property {number} writes by the queue: uniforms and uploads
 * @property {number} copies from buffer to buffer
 * @property {number} buffers made
 * @property {number} bindGroups made
 */

/** Calls that are counted: of which class, and as what. */
const COUNTED = /** @type {const} */ ([
  ['GPUQueue', 'submit', 'submissions'],
  ['GPUCommandEncoder', 'beginComputePass', 'passes'],
  ['GPUQueue', 'writeBuffer', 'writes'],
  ['GPUCommandEncoder', 'copyBufferToBuffer', 'copies'],
  ['GPUDevice', 'createBuffer', 'buffers'],
  ['GPUDevice', 'createBindGroup', 'bindGroups'],
]);

/**
 * Counts what a step calls. The classes of WebGPU are among the globals.
 *
 * @param {() => Promise<unknown>} step
 * @returns {Promise<Calls>}
 */
export async function countCalls(step) {
  /** @type {Calls} */
  const calls = {
    ...{ dispatches: {}, submissions: 0, passes: 0, writes: 0 },
    ...{ copies: 0, buffers: 0, bindGroups: 0 },
  };
  const undo = COUNTED.map(([type, method, counter]) =>
    before(type, method, () => {
      calls[counter]++;
    }),
  );
  let program = '';
  undo.push(
    before('GPUComputePassEncoder', 'setPipeline', ({ label }) => {
      program = label;
    }),
    before('GPUComputePassEncoder', 'dispatchWorkgroups', () => {
      calls.dispatches[program] = (calls.dispatches[program] ?? 0) + 1;
    }),
  );
  try {
    await step();
  } finally {
    for (const restore of undo) restore();
  }
  return calls;
}

/**
 * Does something before each call of a method of a class; returns what ends that.
 *
 * @param {string} type name of the class
 * @param {string} method
 * @param {(argument: any) => void} action is given the first argument
 */
function before(type, method, action) {
  const { prototype } = Reflect.get(globalThis, type);
  const original = prototype[method];
  prototype[method] = function (/** @type {unknown[]} */ ...args) {
    action(args[0]);
    return original.apply(this, args);
  };
  return () => {
    prototype[method] = original;
  };
}
