import {
  engine,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { withUnreadImageGradient } from './unread-gradient.ts';

/** A loss and its gradients. */
export type ValueAndGradients = {
  /** The loss. */
  value: Scalar;
  /** Its gradients by the names of the variables. */
  grads: NamedTensorMap;
};

/**
 * `tf.variableGrads` in less memory: what the backward pass has read is disposed at once, as in
 * PyTorch. tfjs itself keeps every intermediate gradient and everything that was saved for the
 * backward pass until the whole pass is done.
 *
 * Values, errors and what is returned are those of `tf.variableGrads`. After an error nothing is kept of the passes, as
 * when the memory was full: a smaller batch can be tried.
 *
 * @param f computes the loss, a scalar
 * @param variables those that are differentiated for. @default all trainable ones that there are
 * @param onGradient is shown the gradient of a variable that a single op reads while the backward pass goes on, when it is
 *   complete; to be read at once, and not to be changed. Always in the same order for the same ops
 * @returns the loss and its gradients, which are the caller's to dispose
 */
export function variableGradients(
  f: () => Scalar,
  variables?: Variable[],
  onGradient?: OnGradient,
): ValueAndGradients {
  let recorded: readonly TapeNode[] = [];
  try {
    return variableGrads(() => {
      const nodes = tape();
      if (outermost()) recorded = nodes;
      const loss = f();
      if (outermost()) prune(nodes, loss);
      const all = variables ?? trainableVariables();
      skipImageGradients(nodes, all);
      if (onGradient && outermost()) showGradients(nodes, all, onGradient);
      disposeWhenRead(nodes);
      return loss;
    }, variables);
  } catch (error) {
    for (const tensor of recorded.flatMap(({ saved }) => saved ?? [])) tensor.dispose();
    throw error;
  }
}

/** Is shown the gradient of a variable. */
type OnGradient = (name: string, gradient: Tensor) => void;

/** tfjs's record of an op, as far as it is used here. */
interface TapeNode {
  kernelName: string;
  inputs: NamedTensorMap;
  outputs: Tensor[];
  saved?: Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

interface TapeState {
  activeTape?: TapeNode[] | null;
  gradientDepth?: number;
}

function state(): TapeState {
  const tfjs: { state?: unknown } = engine();
  return (tfjs.state ?? {}) as TapeState;
}

/** The ops that were recorded so far; none if this tfjs keeps them elsewhere. */
function tape(): TapeNode[] {
  return state().activeTape ?? [];
}

/** How many gradients are being taken, one within another; ops are recorded for them. */
export function gradientDepth(): number {
  return state().gradientDepth ?? 0;
}

/** Whether the tape is read once, and not also by a gradient of this gradient. */
function outermost(): boolean {
  return gradientDepth() === 1;
}

/**
 * Takes the ops off a tape that the loss does not depend on, as moving statistics and metrics, with what
 * they saved. tfjs would compare each of their inputs with every variable.
 */
function prune(nodes: TapeNode[], loss: Tensor): void {
  const needed = new Set<number | undefined>([loss?.id]);
  const kept: TapeNode[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as TapeNode;
    if (node.outputs.some(({ id }) => needed.has(id))) {
      for (const input of Object.values(node.inputs)) needed.add(input?.id);
      kept.push(node);
    } else {
      for (const tensor of node.saved ?? []) tensor.dispose();
    }
  }
  nodes.length = 0;
  for (const node of kept.reverse()) nodes.push(node);
}

function trainableVariables(): Variable[] {
  return Object.values(engine().registeredVariables).filter(({ trainable }) => trainable);
}

/** Spares the convolutions whose images no variable has led to, as those of a first layer, their gradient. */
function skipImageGradients(nodes: readonly TapeNode[], variables: readonly Variable[]): void {
  const reached = new Set(variables.map(({ id }) => id));
  for (const node of nodes) {
    const [images, ...others] = Object.values(node.inputs);
    const isReached = (input: Tensor | undefined) => input !== undefined && reached.has(input.id);
    if (!isReached(images) && !others.some(isReached)) continue;
    for (const { id } of node.outputs) reached.add(id);
    const { gradient } = node;
    if (!gradient || isReached(images) || !node.kernelName.startsWith('fusedConv2d')) continue;
    node.gradient = (dys) => withUnreadImageGradient(() => gradient(dys));
  }
}

/** Shows the gradients of the variables to which no other op of the tape adds one. */
function showGradients(
  nodes: readonly TapeNode[],
  variables: readonly Variable[],
  show: OnGradient,
): void {
  const readers = new Map<number, number>(); // by ids of tensors
  for (const input of nodes.flatMap(({ inputs }) => Object.values(inputs))) {
    if (input) readers.set(input.id, (readers.get(input.id) ?? 0) + 1);
  }
  const names = new Map<number | undefined, string>(
    variables.flatMap(({ id, name }) => (readers.get(id) === 1 ? [[id, name] as const] : [])),
  );
  for (const node of nodes) {
    const { gradient, inputs } = node;
    if (!gradient || !Object.values(inputs).some((input) => names.has(input?.id))) continue;
    node.gradient = (dys) => {
      const compute = Object.entries(gradient(dys)).map(([input, gradientOf]) => {
        const name = names.get(inputs[input]?.id);
        if (name === undefined) return [input, gradientOf] as const;
        const shown = () => {
          const dx = gradientOf();
          show(name, dx);
          return dx;
        };
        return [input, shown] as const;
      });
      return Object.fromEntries(compute);
    };
  }
}

/**
 * Makes the ops of a tape dispose what they were given and what they saved, and their gradients where
 * tfjs has added these to others.
 *
 * tfjs asks each op once for its gradients, the last op first, and is through with them before it
 * asks the next. So when an op is asked, the one before it is done, and nobody will read again what
 * it was given: all readers of its outputs came earlier.
 */
function disposeWhenRead(nodes: readonly TapeNode[]): void {
  const withGradient = new Set<number>(); // ids of tensors
  /** Of how many tensors it is the gradient: an op may hand on what it was given, even twice. */
  const uses = new Map<Tensor, number>();
  const use = (tensor: Tensor, change: number) =>
    uses.set(tensor, (uses.get(tensor) ?? 0) + change);
  let disposeLast = () => {};
  for (const node of nodes) {
    const { gradient, inputs, saved = [] } = node;
    if (!gradient) continue;
    node.gradient = (dys) => {
      disposeLast();
      const given = dys.filter((dy) => dy !== null);
      const done = new Set([...given, ...saved]);
      disposeLast = () => {
        for (const dy of given) use(dy, -1);
        for (const tensor of done) if ((uses.get(tensor) ?? 0) <= 0) tensor.dispose();
      };
      const compute = Object.entries(gradient(dys)).map(([name, gradientOf]) => {
        const watched = () => {
          const dx = gradientOf();
          const { id } = inputs[name] as Tensor;
          if (withGradient.has(id)) done.add(dx);
          else use(dx, 1);
          withGradient.add(id);
          return dx;
        };
        return [name, watched] as const;
      });
      return Object.fromEntries(compute);
    };
  }
}
