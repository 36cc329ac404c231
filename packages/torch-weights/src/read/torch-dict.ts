import type { StateDict, StateTensor } from '../state-dict.ts';
import { quoted, WeightFileError } from '../weight-file-error.ts';
import { StandIn, UnreadTensor } from './stand-in.ts';
import { type Storage, StoredTensor, TensorFactory } from './stored-tensor.ts';

/** Where checkpoints keep the state dict among other things. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'weights'];

type Tensors = Map<string, StoredTensor | UnreadTensor>;

/**
 * The dict of tensors in what a file holds: itself, or under one of the usual names. Of several the one with the most
 * floating-point elements: beside a state dict there may be other tensors, such as the best accuracy or the state of a
 * generator of random numbers.
 */
function findTensors(file: string, root: unknown): Tensors {
  const dict = root instanceof Map ? root : new Map<unknown, unknown>();
  const places = [dict, ...WRAPPERS.map((name) => dict.get(name))];
  const [found] = places
    .flatMap((place) => (place instanceof Map ? [tensorsOf(place)] : []))
    .filter(({ size }) => size > 0)
    .sort((a, b) => floats(b) - floats(a) || b.size - a.size);
  if (found) return found;
  const object = places.find((place) => place instanceof StandIn) ?? root;
  throw new WeightFileError(
    file,
    object instanceof StandIn ? aboutObject(object) : aboutOther(root, dict),
  );
}

function tensorsOf(dict: ReadonlyMap<unknown, unknown>): Tensors {
  return new Map(
    [...dict].filter(
      (entry): entry is [string, StoredTensor | UnreadTensor] =>
        typeof entry[0] === 'string' &&
        (entry[1] instanceof StoredTensor || entry[1] instanceof UnreadTensor),
    ),
  );
}

/** Floating-point elements of all tensors that are read. */
function floats(tensors: Tensors): number {
  let sum = 0;
  for (const tensor of tensors.values()) {
    if (tensor instanceof StoredTensor && /float/.test(tensor.dtype)) sum += tensor.count;
  }
  return sum;
}

function aboutObject({ name }: StandIn): string {
  if (name.startsWith('__torch__.')) {
    return (
      `it holds a TorchScript program (${quoted(name)}), not a state dict. Save its weights in Python: ` +
      'torch.save(torch.jit.load(file).state_dict(), other_file).'
    );
  }
  return (
    `it holds a whole object of ${quoted(name)}, of which nothing is made here, not a state dict. Load it in Python ` +
    'where its class is, and save the weights alone: torch.save(model.state_dict(), file).'
  );
}

function aboutOther(root: unknown, dict: ReadonlyMap<unknown, unknown>): string {
  const names = [...dict.keys()].filter((key) => typeof key === 'string');
  const found = root instanceof Map ? `a dict of ${quoted(names.join(', '))}` : 'no dict';
  return (
    `it must hold a state dict (names and tensors), itself or under one of ${WRAPPERS.join(', ')}; ` +
    `got ${found}. Save it with torch.save(model.state_dict(), file).`
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
    if (tensor instanceof UnreadTensor) {
      throw new WeightFileError(
        source.name,
        `tensor ${quoted(name)} is of a kind that is not read (${quoted(tensor.name)}): complex, sparse, quantised and ` +
          '8-bit float tensors are not. Save it as a dense tensor of another type, such as float32.',
      );
    }
    const { storage } = tensor;
    const bytes = storages.get(storage) ?? (await read(storage));
    storages.set(storage, bytes);
    tensors.set(name, factory.create(tensor, bytes));
  }
  return tensors;
}
