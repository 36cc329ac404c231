import type { StateDict, StateTensor } from '../state-dict.ts';
import { quoted, WeightFileError } from '../weight-file-error.ts';
import { type Storage, StoredTensor, TensorFactory } from './stored-tensor.ts';

/** Where checkpoints keep the state dict among other things. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'weights'];

/** The dict of tensors in what a file holds: itself, or under one of the usual names. */
function findTensors(file: string, root: unknown): Map<string, StoredTensor> {
  const dict = root instanceof Map ? root : new Map();
  for (const candidate of [dict, ...WRAPPERS.map((name) => dict.get(name))]) {
    if (!(candidate instanceof Map)) continue;
    const tensors = [...candidate].filter(
      (entry): entry is [string, StoredTensor] =>
        typeof entry[0] === 'string' && entry[1] instanceof StoredTensor,
    );
    if (tensors.length > 0) return new Map(tensors);
  }
  const names = [...dict.keys()].filter((key) => typeof key === 'string');
  const found = root instanceof Map ? `a dict of ${quoted(names.join(', '))}` : 'no dict';
  throw new WeightFileError(
    file,
    `it must hold a state dict (names and tensors), itself or under one of ${WRAPPERS.join(', ')}; ` +
      `got ${found}. Save it with torch.save(model.state_dict(), file).`,
  );
}

/**
 * Reads the tensors of a file's state dict, each storage once. Entries of other kinds are left out.
 *
 * @param root what the file's pickle holds
 * @param read reads a storage's bytes, as many as it has
 */
export async function readTensors(
  source: { name: string; size: number },
  root: unknown,
  read: (storage: Storage) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<StateDict> {
  const factory = new TensorFactory(source.name, source.size);
  const storages = new Map<Storage, Uint8Array<ArrayBuffer>>();
  const tensors = new Map<string, StateTensor>();
  for (const [name, tensor] of findTensors(source.name, root)) {
    const { storage } = tensor;
    const bytes = storages.get(storage) ?? (await read(storage));
    storages.set(storage, bytes);
    tensors.set(name, factory.create(tensor, bytes));
  }
  return tensors;
}
