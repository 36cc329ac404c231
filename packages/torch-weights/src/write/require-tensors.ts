import { DTYPE_NAMES, DTYPES } from '../dtypes.ts';
import { elementCount, isCount } from '../sizes.ts';
import type { StateDict, StateTensor } from '../state-dict.ts';
import { quoted } from '../weight-file-error.ts';

/** Refuses what is no state dict, and tensors whose type, shape and elements do not belong together. */
export function requireTensors(dict: StateDict): void {
  if (Object.prototype.toString.call(dict) !== '[object Map]') {
    throw new Error(
      '[@fbsd/torch-weights] a state dict must be a Map from names to { dtype, shape, data }, as readStateDict ' +
        'returns it. Use new Map(Object.entries(…)) for an object.',
    );
  }
  for (const [name, tensor] of dict) {
    const fault = faultOf(tensor);
    if (fault) throw new Error(`[@fbsd/torch-weights] tensor ${quoted(name)}: ${fault}`);
  }
}

function faultOf({ dtype, shape, data }: StateTensor): string | undefined {
  if (!Object.hasOwn(DTYPES, dtype)) {
    return `its dtype must be one of ${DTYPE_NAMES}; got ${quoted(dtype)}.`;
  }
  if (!(Array.isArray(shape) && shape.every(isCount))) {
    return 'its shape must be a list of whole numbers.';
  }
  const { array } = DTYPES[dtype];
  const count = elementCount(shape);
  if (Object.prototype.toString.call(data) === `[object ${array.name}]` && data.length === count) {
    return undefined;
  }
  const found = ArrayBuffer.isView(data)
    ? `${data.constructor.name} of ${data.length}`
    : typeof data;
  return `data of ${dtype} [${shape}] must be ${array.name} of ${count} elements; got ${found}.`;
}
