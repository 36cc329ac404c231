import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Pixels } from '../resize/resize.ts';
import { UserError } from '../user-error.ts';
import { checkFit } from './check-fit.ts';
import { Classifier } from './classifier.ts';
import { type Preprocessing, preprocessingOf } from './preprocessing.ts';
import { readClassNames, readPreprocessing } from './read-preprocessing.ts';

/** Where tfjs keeps the record: it is saved and loaded with the model, in its `userDefinedMetadata`. */
const KEY = 'fbsdClasses';

/** What a model tells apart, and how pictures are prepared for it. */
export interface RecordedClasses {
  /** By class index. */
  classNames: readonly string[];
  /** How a picture becomes the model's input. */
  preprocessing: Preprocessing;
}

/**
 * Records in a model the names of its classes and how pictures are prepared for it. It keeps them wherever tfjs saves
 * it (`indexeddb://…`, `localstorage://…`, files), and {@link classifierOf} needs nothing else.
 *
 * ```ts
 * recordClasses(model, ['robin', 'wren']);
 * await model.save('indexeddb://birds');
 * ```
 *
 * @param classNames by class index
 * @param preprocessing by default that of the trainer for the model
 * @throws RangeError when they do not fit the model
 */
export function recordClasses(
  model: LayersModel,
  classNames: readonly string[],
  preprocessing: Preprocessing = preprocessingOf(model),
): void {
  checkFit('[@fbsd/trainer] recordClasses', model, classNames, preprocessing);
  const recorded: RecordedClasses = { classNames: [...classNames], preprocessing };
  model.setUserDefinedMetadata({ ...model.getUserDefinedMetadata(), [KEY]: recorded });
}

/**
 * Makes a classifier of a model that carries its classes, see {@link recordClasses}.
 *
 * ```ts
 * const birds = await classifierOf(await loadLayersModel('indexeddb://birds'), decodeImage);
 * ```
 *
 * @param model logits as outputs; stays the caller's, and may be disposed as soon as the classifier is made
 * @param decode turns what a program has, a path or a `File`, into RGB bytes, upright: in a page `decodeImage` of
 *   `@fbsd/trainer/web`
 * @throws UserError when the model carries no classes, or damaged ones
 */
export function classifierOf<Image>(
  model: LayersModel,
  decode: (image: Image) => Promise<Pixels>,
): Classifier<Image> {
  const classes = model.outputs[0]?.shape[1] as number;
  const recorded = classesIn(model.getUserDefinedMetadata(), classes, `the model '${model.name}'`);
  return new Classifier({ model, ...recorded, decode: (image) => decode(image) });
}

/** Tells if the metadata of a model have classes, damaged or not, for {@link classesIn}. */
export function hasClasses(metadata: unknown): boolean {
  return (metadata as Record<string, unknown> | undefined)?.[KEY] !== undefined;
}

/**
 * The classes in the metadata of a model.
 *
 * @param classes how many the model has; null where that is not known
 * @param where names the model in messages
 * @throws UserError when there are none, or they are damaged
 */
export function classesIn(
  metadata: unknown,
  classes: number | null,
  where: string,
): RecordedClasses {
  const recorded = (metadata as { [KEY]?: Partial<RecordedClasses> } | undefined)?.[KEY];
  if (!recorded) {
    throw new UserError(
      `[@fbsd/trainer] ${where} carries no names of classes. Give it them with recordClasses before it is saved, or make it a classifier with new Classifier.`,
    );
  }
  return {
    classNames: readClassNames(recorded.classNames, classes, where),
    preprocessing: readPreprocessing(recorded.preprocessing, where),
  };
}
