import type { FBSMArgs, StripAxis } from '@fbsd/fbsm';
import {
  addN,
  argMax,
  dispose,
  softmax,
  sqrt,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { model as createModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { requireFinite } from '../train/require-finite.ts';
import { runModel } from '../train/run-model.ts';
import { findFBSMs, type PlacedFBSM } from './find-fbsms.ts';
import { boostedHeatMap, type HeatMap } from './heat-map.ts';
import { indicesOfMaximum, type Strip, strips } from './strips.ts';

/** The prediction of a model for one image, and the work of each of its FBSMs on the way. */
export interface Inspection {
  /** Class probabilities of each output alone, [outputs][K]. */
  heads: number[][];
  /** Class probabilities of all outputs together: the softmax of the summed logits, [K]. */
  combined: number[];
  /** The class with the largest sum of logits: the model's prediction. */
  predicted: number;
  /** From the input to the output. */
  levels: LevelInspection[];
}

/** The work of one FBSM on one image. */
export interface LevelInspection {
  /** Counted from 1, from the input to the output. */
  level: number;
  /** Name of the layer. */
  layer: string;
  /** Number of strips that the feature map is cut into. */
  parts: number;
  /** Strength of boosting. */
  alpha: number;
  /** Strength of suppression. */
  beta: number;
  /** The side of the image that is cut into strips. */
  axis: StripAxis;
  /** Where each strip lies, as fractions of that side. */
  strips: Strip[];
  /** Softmax of the strips' scores, [parts]: strip i is boosted by 1 + alpha·probabilities[i]. */
  probabilities: number[];
  /** The strips with the largest probability, which are multiplied by 1 − beta: all that tie. */
  suppressed: number[];
  /** True if anything in the model uses the suppressed map; nothing does after FBSD's last FBSM. */
  suppressedIsUsed: boolean;
  /** Where the boosted map responds. */
  heatMap: HeatMap;
}

/** Options of {@link inspectImages}. */
export interface InspectOptions {
  /** Images that go through the model at once; fewer take less memory. @default 8 */
  batchSize?: number;
}

const DEFAULTS = { batchSize: 8 } as const;

/**
 * Looks into a model while it classifies: what every head predicts, which strip each FBSM boosts and
 * suppresses, and where its boosted map responds. Every image goes through the model once, in
 * evaluation mode.
 *
 * Works on any model with FBSM layers, also on one that was loaded again, and leaves no tensor behind.
 *
 * @param model its outputs are logits [B,K]; FBSMs inside a nested model are not found
 * @param images normalised, float32 [B,S,S,3]
 * @returns an inspection per image
 * @throws Error when the model has no FBSM, or outputs that are not logits of one number of classes
 * @throws UserError when the logits are not finite
 */
export async function inspectImages(
  model: LayersModel,
  images: Tensor4D,
  { batchSize = DEFAULTS.batchSize }: InspectOptions = {},
): Promise<Inspection[]> {
  const placed = findFBSMs(model);
  const outputs = checkedOutputs(model).length;
  // The maps that go into the FBSMs are all that is missing; asking for what comes out of them would
  // run each once more. Not disposed: that would count down the references to the model's own layers.
  const auxiliary = createModel({
    inputs: model.inputs,
    outputs: [...model.outputs, ...placed.map(({ input }) => input)],
  });
  const measured = tidy(() => {
    const results = runModel(model, () => auxiliary.predict(images, { batchSize })) as Tensor[];
    const logits = results.slice(0, outputs) as Tensor2D[];
    const maps = results.slice(outputs) as Tensor4D[];
    const summed = addN(logits);
    return {
      predicted: argMax(summed, 1), // [B]
      heads: [...logits, summed].map((z) => softmax(z)), // [B,K] each
      probabilities: maps.map((map, i) => (placed[i] as PlacedFBSM).layer.probabilities(map)), // [B,k]
      norms: maps.map((map) => tidy(() => sqrt(sum(square(map), 3)) as Tensor3D)), // [B,H,W,C] → [B,H,W]
    };
  });
  try {
    const [predicted, heads, probabilities, norms] = await Promise.all([
      measured.predicted.data(),
      Promise.all(measured.heads.map(rows)),
      Promise.all(measured.probabilities.map(rows)),
      Promise.all(measured.norms.map(rows)),
    ]);
    for (const row of heads.flat()) requireFinite('inspectImages', row);
    return Array.from(predicted, (predictedClass, image) => {
      const perHead = heads.map((head) => head[image] as number[]);
      return {
        heads: perHead.slice(0, outputs),
        combined: perHead[outputs] as number[],
        predicted: predictedClass,
        levels: placed.map((fbsm, i) => {
          const [, height, width] = (measured.norms[i] as Tensor3D).shape;
          const values = norms[i]?.[image] as number[];
          return inspectLevel(fbsm, i + 1, probabilities[i]?.[image] as number[], {
            height,
            width,
            values,
          });
        }),
      };
    });
  } finally {
    dispose(measured);
  }
}

function inspectLevel(
  { layer, suppressedIsUsed }: PlacedFBSM,
  level: number,
  probabilities: number[],
  norms: HeatMap,
): LevelInspection {
  const { parts, alpha, beta, axis } = layer.getConfig() as unknown as Required<FBSMArgs>;
  const split = strips(axis === 'height' ? norms.height : norms.width, parts);
  return {
    level,
    layer: layer.name,
    parts,
    alpha,
    beta,
    axis,
    strips: split,
    probabilities,
    suppressed: indicesOfMaximum(probabilities),
    suppressedIsUsed,
    heatMap: boostedHeatMap(norms, { axis, strips: split, probabilities, alpha }),
  };
}

/** The values of each element of the batch. */
async function rows(x: Tensor): Promise<number[][]> {
  const values = await x.data<'float32'>();
  const [batch] = x.shape as [number];
  const size = x.size / batch;
  return Array.from({ length: batch }, (_, i) => [...values.subarray(i * size, (i + 1) * size)]);
}

function checkedOutputs(model: LayersModel) {
  const shapes = model.outputs.map(({ shape }) => shape);
  const classes = shapes[0]?.[1];
  if (shapes.some((shape) => shape.length !== 2 || shape[1] !== classes)) {
    throw new Error(
      `[@fbsd/trainer] inspectImages: expected outputs that are logits [null,K] of one number of classes K; ` +
        `got ${shapes.map((shape) => `[${shape.map(String)}]`).join(', ')}. Add classifiers to the model first.`,
    );
  }
  return model.outputs;
}
