import { type LayersModel, model as makeModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkModel } from './check-model.ts';
import { type FBSM, FBSM_OPTIONS, type FBSMArgs, fbsm } from './fbsm.ts';
import { type Call, callsFor, readGraph, type Value } from './graph.ts';
import { checkKnown, shown } from './known-options.ts';
import { replay } from './replay.ts';
import { checkAllPass, findTaps } from './taps.ts';

/** Where {@link insertFBSM} puts a module, and the options of that module. */
export interface Tap extends FBSMArgs {
  /** Name of the layer after whose map it goes; `nested/layer` in a nested model. */
  after: string;
  /** Name of the module. @default 'fbsm1', 'fbsm2', … in the order of the taps */
  name?: string;
}

/** The options of {@link insertFBSM}. */
export interface InsertOptions {
  /** Whether the outputs of the model follow the boosted maps. @default false */
  keepOutputs?: boolean;
  /** Whether the layers are copied, weights included, instead of shared. @default false */
  copy?: boolean;
  /** Whether a tap may be in a branch that later layers get around, as in a U-Net. @default false */
  allowBypass?: boolean;
  /** Name of the new model. @default the model's, with `_fbsm` behind it */
  name?: string;
}

const WHERE = '[@fbsd/fbsm] insertFBSM';
const INSERT_OPTIONS = ['keepOutputs', 'copy', 'allowBypass', 'name'];
const TAP = "{ after: 'layer', parts: 4 }";

/**
 * Inserts feature boosting and suppression modules into a model: everything after a tap sees the
 * suppressed map, and the boosted maps are the new outputs.
 *
 * Takes any LayersModel: Sequential or functional, with shared layers, nested models, several inputs
 * and outputs. Inputs: those of the model that the outputs depend on. Outputs: the boosted map
 * [B,H,W,C] of every tap, in the order of `taps` (a layer that is used several times has one for each
 * use, by one shared module); with `keepOutputs` also those of the model, which then see the
 * suppressed maps, a tapped output included. Layers that no output needs are left out.
 *
 * Layers keep their names and are **shared**: training the new model trains the old one, whose graph
 * stays as it was. As each layer then has two uses, tfjs asks for `layer.getOutputAt(0)` in place of
 * `layer.output`; with `copy` nothing is shared. A nested model that has a tap inside is unfolded: its
 * layers, with the names they have there, become layers of the new model.
 *
 * @param model stays usable, and saves and trains as before
 * @param taps at least one
 * @throws RangeError for no tap, and for a tap that names no layer (with the closest names), something
 *   else than one map [B,H,W,C], a map twice, a map with channels first or with fewer rows than
 *   `parts`; unless `allowBypass`, also for a tap that later layers get around: that take what it was
 *   computed from by another way, as from inside of a residual block
 *
 * Source: Song & Yang, arXiv 2103.02782: modules after the last stages of a network.
 */
export function insertFBSM(
  model: LayersModel,
  taps: readonly Tap[],
  options: InsertOptions = {},
): LayersModel {
  checkModel(WHERE, model);
  checkKnown(WHERE, options, INSERT_OPTIONS);
  const { keepOutputs = false, copy = false, allowBypass = false } = options;
  const { name = `${model.name}_fbsm` } = options;
  const unfold = (path: string) => taps.some(({ after }) => after.startsWith(`${path}/`));
  const graph = readGraph(checked(model, taps), unfold);
  const tapped = findTaps(model, graph, taps);
  const kept = keepOutputs ? graph.outputs : [];
  const calls = callsFor([...tapped.flat(), ...kept], graph.calls);
  if (!allowBypass) checkAllPass(taps, tapped, calls);
  const modules = makeModules(taps, tapped, namesIn(calls));

  const boosted = new Map<Value, SymbolicTensor>();
  const { tensors, sources } = replay(calls, {
    copy,
    between: (value, tensor) => {
      const maps = modules.get(value)?.apply(tensor);
      if (!maps) return tensor;
      boosted.set(value, maps[0]);
      return maps[1];
    },
  });
  const inputs = graph.inputs.flatMap((value) => sources.get(value) ?? []);
  const outputs = [
    ...tapped.flat().map((value) => boosted.get(value) as SymbolicTensor),
    ...kept.map((value) => tensors.get(value) as SymbolicTensor),
  ];
  return makeModel({ inputs, outputs, name });
}

/** One module for each tap, by the maps that it takes. All are made, and checked, before any is applied. */
function makeModules(
  taps: readonly Tap[],
  tapped: readonly (readonly Value[])[],
  taken: Set<string>,
): Map<Value, FBSM> {
  const modules = new Map<Value, FBSM>();
  taps.forEach(({ after, ...args }, i) => {
    const module = fbsm({ ...args, name: args.name ?? freeName(taken) });
    if (args.name !== undefined && taken.has(args.name)) {
      throw new RangeError(
        `[@fbsd/fbsm] insertFBSM: the model has a layer '${args.name}' already. Name the module of tap ` +
          `'${after}' otherwise.`,
      );
    }
    taken.add(module.name);
    for (const map of tapped[i] ?? []) modules.set(map, module);
  });
  return modules;
}

/** The first of fbsm1, fbsm2, … that no layer has. */
function freeName(taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`fbsm${number}`)) number++;
  return `fbsm${number}`;
}

/** @throws RangeError if two layers have one name, since unfolded nested models leave their name space */
function namesIn(calls: readonly Call[]): Set<string> {
  const paths = new Map<string, Call>();
  for (const call of calls) {
    const { name } = call.layer;
    const other = paths.get(name);
    if (other && other.layer !== call.layer) {
      throw new RangeError(
        `[@fbsd/fbsm] insertFBSM: a nested model with a tap inside is unfolded, and then '${other.path}' ` +
          `and '${call.path}' would both be named '${name}'. Rename one, or tap '${call.path.split('/')[0]}'.`,
      );
    }
    paths.set(name, call);
  }
  return new Set(paths.keys());
}

/** @throws RangeError if the model is empty or there is no tap, TypeError for a tap that is none */
function checked(model: LayersModel, taps: readonly Tap[]): LayersModel {
  if (model.outputs.length === 0) {
    throw new RangeError(
      `[@fbsd/fbsm] insertFBSM: model '${model.name}' has no layers yet. Add them first.`,
    );
  }
  if (!Array.isArray(taps)) {
    throw new TypeError(`${WHERE}: expects a list of taps, such as [${TAP}]; got ${shown(taps)}.`);
  }
  if (taps.length === 0) {
    throw new RangeError(`${WHERE}: needs at least one tap, such as ${TAP}; got none.`);
  }
  for (const tap of taps) {
    const where = `${WHERE}: tap ${shown(tap?.after)}`;
    checkKnown(where, tap, ['after', ...FBSM_OPTIONS], TAP);
    if (typeof tap.after !== 'string') {
      throw new TypeError(`${where}: after must be the name of a layer; got ${shown(tap.after)}.`);
    }
  }
  return model;
}
