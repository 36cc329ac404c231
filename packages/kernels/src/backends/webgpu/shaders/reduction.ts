/*
 * WGSL that makes one value of those of all threads of a workgroup: by subgroups where the device has them,
 * else by a tree in workgroup memory with a barrier for each level.
 */

/** A way to make one value of two. */
interface Fold {
  /** Of the function in WGSL. */
  readonly name: string;
  /** Of the function over a subgroup. */
  readonly subgroup: string;
  readonly of: (a: string, b: string) => string;
  /** WGSL of the value that a thread leaves of the `share` of its subgroup, so that each share counts once. */
  readonly left: (type: string) => string;
}

const FOLDS = {
  sum: {
    name: 'sumOfThreads',
    subgroup: 'subgroupAdd',
    of: (a, b) => `${a} + ${b}`,
    left: (type) => `select(${type}(), share, subgroupElect())`,
  },
  max: {
    name: 'maxOfThreads',
    subgroup: 'subgroupMax',
    of: (a, b) => `max(${a}, ${b})`,
    left: () => 'share', // once or twice is the same
  },
} as const satisfies Record<string, Fold>;

/** The fields of a `Program` that a reduction gives. */
export interface Reduction {
  readonly directives: string;
  /** WGSL outside of the entry point. */
  readonly declarations: string;
}

/**
 * WGSL of `sumOfThreads(value, thread)`, or `maxOfThreads`, over the threads of a workgroup: every thread
 * gets the result. All of them call it, outside of conditions, with their `local_invocation_index` as
 * `thread`. It may be called again.
 *
 * @param threads of the workgroup, a power of two
 * @param type f32, or a vector of it
 */
export function reductionOf(
  { features }: Pick<GPUDevice, 'features'>,
  fold: keyof typeof FOLDS,
  threads: number,
  type = 'f32',
): Reduction {
  const subgroups = features.has('subgroups');
  return {
    directives: subgroups ? 'enable subgroups;' : '',
    declarations: (subgroups ? bySubgroups : byTree)(FOLDS[fold], threads, type),
  };
}

/**
 * How large subgroups are, whether all of them are full and which threads each has are left open: every
 * thread leaves the share of its subgroup at its own place, and each subgroup folds all places. So all
 * have the result after one wait for each other.
 */
function bySubgroups({ name, subgroup, of, left }: Fold, threads: number, type: string): string {
  return `
var<workgroup> ${name}Places: array<${type}, ${threads}>;
fn ${name}(value: ${type}, thread: u32) -> ${type} {
  let share = ${subgroup}(value);
  workgroupBarrier(); // an earlier call has read the places
  ${name}Places[thread] = ${left(type)};
  workgroupBarrier();
  let size = subgroupAdd(1u);
  let first = subgroupExclusiveAdd(1u);
  var result = ${name}Places[first];
  for (var i = first + size; i < ${threads}; i += size) { result = ${of('result', `${name}Places[i]`)}; }
  return ${subgroup}(result);
}`;
}

function byTree({ name, of }: Fold, threads: number, type: string): string {
  const here = `${name}Places[thread]`;
  return `
var<workgroup> ${name}Places: array<${type}, ${threads}>;
fn ${name}(value: ${type}, thread: u32) -> ${type} {
  workgroupBarrier(); // an earlier call has read the places
  ${here} = value;
  workgroupBarrier();
  for (var half = ${threads}u / 2; half > 0; half /= 2) {
    if (thread < half) { ${here} = ${of(here, `${name}Places[thread + half]`)}; }
    workgroupBarrier();
  }
  return ${name}Places[0];
}`;
}
