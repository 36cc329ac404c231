import type { StateDict, StateTensor } from '@fbsd/torch-weights';
import { tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkModel } from '../check-model.ts';
import { checkKnown, isPromise, shown } from '../known-options.ts';
import { fromTorch, torchShape } from './layout.ts';
import { type LoadReport, type Misshaped, nearestNames, summary } from './load-report.ts';
import { isClassifier, isCounter, torchName } from './names.ts';
import { bestPlacement } from './placement.ts';

/** Options of {@link loadStateDict}. */
export interface LoadOptions {
  /**
   * Whether everything must fit: with `true` a weight that is missing, an entry that belongs nowhere
   * or a shape that differs is an error, and nothing is loaded. The file's own classifier is exempt.
   * @default true
   */
  strict?: boolean;
  /**
   * Chooses the weights to load, by their name here (`layer2.0.conv1/kernel`); the others stay as they
   * are, and what the file has for them is ignored. @default all
   */
  only?: (weightName: string) => boolean;
}

const WHERE = '[@fbsd/backbones] loadStateDict';
const DEFAULTS = { strict: true, only: () => true } as const;

type Weight = LayersModel['weights'][number];

/** What is to be done, decided before anything is written. */
interface Plan extends Omit<LoadReport, 'summary'> {
  writes: [Weight, StateTensor][];
}

/**
 * Loads the weights of a PyTorch model into a model with the same layers: a backbone as feature
 * extractor or classifier, or FBSD on it.
 *
 * Names may be torchvision's (`layer2.0.conv1.weight`, `features.denseblock3.denselayer12.norm1.…`,
 * old files' `norm.1`), timm's, or those of the published FBSD code (`features.layer0_2.4.0.conv1.…`,
 * `features.strip1.stripconv.0.…`), behind any prefix (`module.` of DataParallel, `backbone.`, `encoder.`,
 * `module.encoder_q.`): the way of naming and the prefix under which most weights fit are taken. Entries that
 * do not begin with that prefix are of something else, and listed as `outside`. Kernels are transposed, OIHW → HWIO and [out,in] → [in,out].
 *
 * A classifier in the file for another number of classes than the model's, or for a model without one,
 * is left out: the normal case for a backbone on a new data set. It is listed in the report.
 *
 * @returns what was loaded and what was not, by the names of the file
 * @throws Error when nothing fits, or `strict` and something does not; the model is then unchanged
 */
export function loadStateDict(
  model: LayersModel,
  dict: StateDict,
  options: LoadOptions = {},
): LoadReport {
  checkModel(WHERE, model);
  checkKnown(WHERE, options, Object.keys(DEFAULTS));
  const { strict, only } = { ...DEFAULTS, ...options };
  const plan = planned(model, checkedDict(dict), only);
  const { writes, ...lists } = plan;
  const report: LoadReport = { ...lists, summary: summary(lists) };
  const faults = plan.missing.length + plan.unexpected.length + plan.misshaped.length;
  if (writes.length === 0 || (strict && faults > 0)) {
    const why = writes.length === 0 ? nearestNames(plan.missing, dict) : report.summary;
    throw new Error(
      `${WHERE}: the file does not fit the model '${model.name}'. ${why} Nothing was changed. ` +
        (writes.length === 0
          ? 'Is it the file of another architecture?'
          : 'Use the architecture of the file.'),
    );
  }
  for (const [weight, { data }] of writes) {
    const shape = weight.shape as number[];
    const values = tensor(fromTorch(data, shape), shape);
    weight.write(values);
    values.dispose();
  }
  return report;
}

function planned(model: LayersModel, file: StateDict, only: (name: string) => boolean): Plan {
  const chosen = model.weights.filter((weight) => only(weight.originalName));
  const { names, prefix } = bestPlacement(chosen, file);
  const inside = [...file].filter(([name]) => name.startsWith(prefix));
  const dict = new Map(inside.map(([name, entry]) => [name.slice(prefix.length), entry] as const));
  const nameOf = (weight: Weight) => torchName(weight.originalName, names);
  const known = new Set(model.weights.map(nameOf));
  const rest = [...dict.keys()].filter((name) => !known.has(name) && !isCounter(name));
  const plan: Plan = {
    names,
    prefix,
    loaded: [],
    missing: [],
    unexpected: rest.filter((name) => !isClassifier(name)),
    misshaped: [],
    classifier: rest.filter(isClassifier),
    outside: [...file.keys()].filter((name) => !name.startsWith(prefix)),
    writes: [],
  };
  for (const weight of chosen) place(weight, nameOf(weight), dict, plan);
  return plan;
}

function place(weight: Weight, name: string, dict: StateDict, plan: Plan): void {
  const entry = dict.get(name);
  if (!entry) {
    plan.missing.push(name);
    return;
  }
  const expected = torchShape(weight.shape as number[]);
  if (entry.shape.join() === expected.join()) {
    plan.loaded.push(name);
    plan.writes.push([weight, entry]);
  } else if (isClassifier(name)) {
    plan.classifier.push(name);
  } else {
    const misshaped: Misshaped = { name, expected, actual: entry.shape };
    plan.misshaped.push(misshaped);
  }
}

function checkedDict(dict: StateDict): StateDict {
  if (Object.prototype.toString.call(dict) === '[object Map]') return dict; // of whatever realm
  throw new TypeError(
    `${WHERE}: expects a state dict, a Map as readStateDict of @fbsd/torch-weights makes it; got ${shown(dict)}.` +
      (isPromise(dict) ? ' Await it.' : ''),
  );
}
