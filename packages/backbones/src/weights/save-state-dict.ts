import { encodeSafetensors, type StateDict, type StateTensor } from '@fbsd/torch-weights';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkModel } from '../check-model.ts';
import { checkKnown, shown } from '../known-options.ts';
import { torchShape, toTorch } from './layout.ts';
import { torchName } from './names.ts';

/** Options of {@link stateDict} and {@link saveStateDict}. */
export interface SaveOptions {
  /**
   * Names of the backbone's weights: torchvision's, or those of the published FBSD code. Weights that
   * torchvision has no name for, FBSD's, have the published ones in both cases.
   * @default 'torchvision'
   */
  names?: 'torchvision' | 'fbsd';
}

const WHERE = '[@fbsd/backbones] stateDict';
const DEFAULTS = { names: 'torchvision' } as const;

/**
 * The weights of a model as PyTorch's `model.state_dict()` has them, for the writers of
 * `@fbsd/torch-weights`: copies, float32, in PyTorch's layouts (OIHW, [out,in]).
 *
 * @param model a backbone's or FBSD's; other layers keep the names they have here
 */
export async function stateDict(model: LayersModel, options: SaveOptions = {}): Promise<StateDict> {
  checkModel(WHERE, model);
  checkKnown(WHERE, options, Object.keys(DEFAULTS));
  const { names } = { ...DEFAULTS, ...options };
  if (names !== 'torchvision' && names !== 'fbsd') {
    throw new RangeError(`${WHERE}: names must be 'torchvision' or 'fbsd'; got ${shown(names)}.`);
  }
  const tensors = new Map<string, StateTensor>();
  for (const weight of model.weights) {
    const values = await (weight.read() as Tensor).data<'float32'>();
    const data = new Float32Array(values.length);
    toTorch(values as Float32Array, weight.shape as number[], data);
    const shape = torchShape(weight.shape as number[]);
    tensors.set(torchName(weight.originalName, names), { dtype: 'float32', shape, data });
  }
  return tensors;
}

/**
 * The weights of a model as a .safetensors file that PyTorch reads:
 * `model.load_state_dict(safetensors.torch.load_file(path))`. Names, layouts and values are those of
 * {@link stateDict}.
 *
 * @param model a backbone's or FBSD's; other layers keep the names they have here
 * @returns the bytes of the file
 */
export async function saveStateDict(
  model: LayersModel,
  options: SaveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSafetensors(await stateDict(model, options));
}
