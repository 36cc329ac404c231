/**
 * What stands for a class, a function, or whatever a pickle would have made of them, where this reader knows no
 * plain data for it. It has a name and nothing else: called, filled or given a state, it stays what it is.
 */
export class StandIn {
  /** Of the class or function, as `argparse.Namespace`. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    Object.freeze(this);
  }
}

/** Stands for a tensor of a kind that is not read: complex, sparse, quantised, … */
export class UnreadTensor extends StandIn {}

/** The functions of PyTorch that make tensors again. */
const REBUILDS_TENSOR = /^torch\.(_utils|_tensor)\._rebuild_/;

/** The stand-in for a global of that name. */
export function standInFor(name: string): StandIn {
  return REBUILDS_TENSOR.test(name) ? new UnreadTensor(name) : new StandIn(name);
}

const MODULES_OF_ATTACKS = new Set(
  (
    '_ctypes asyncio bdb code codeop commands ctypes importlib marshal nt os pdb pip popen2 posix pty ' +
    'runpy shutil socket subprocess sys timeit webbrowser'
  ).split(' '),
);
const BUILTINS_OF_ATTACKS = new Set(
  ['__import__', 'breakpoint', 'compile', 'eval', 'exec', 'execfile', 'input', 'open'].flatMap(
    (name) => [`builtins.${name}`, `__builtin__.${name}`],
  ),
);

/**
 * Whether no weights ever need that global, while an attack on whoever unpickles the file does. Here it would be as inert
 * as any other: the file is refused so that its user learns what it is.
 */
export function isOfAnAttack(name: string): boolean {
  return BUILTINS_OF_ATTACKS.has(name) || MODULES_OF_ATTACKS.has(name.split('.')[0] as string);
}
