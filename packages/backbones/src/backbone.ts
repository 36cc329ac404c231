import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { Block } from './convolution.ts';
import { type Seed, seedAfter, uniformFanIn } from './initial-weights.ts';
import { checkKnown, shown } from './known-options.ts';

/** A run of layers at one resolution; a module can be put after it. */
export interface Stage {
  /** As torchvision names it: `stem`, `layer1`, … */
  readonly name: string;
  /** Channels of its output map. */
  readonly channels: number;
  /** Input size over output size: 4 means that 448 px become a map of 112². */
  readonly reduction: number;
  /** Maps [B,H,W,C] to [B,H',W',channels]; applied twice, it shares its layers. */
  readonly apply: Block;
}

/**
 * Returns the map that a backbone sends on after a stage; see {@link Backbone.apply}. Its type is that of what a layer
 * returns; it must be a single symbolic map.
 */
export type Between = (
  map: SymbolicTensor,
  stage: Stage,
) => ReturnType<InstanceType<typeof layers.Layer>['apply']>;

/** The layers that make an image classifier of a backbone. */
export interface Head {
  /** Name of its linear layer: `fc`, `classifier`. */
  readonly classifier: string;
  /** Applied to the last stage's map before it is pooled. @default nothing */
  readonly last?: Block;
  /** Initial bias of the linear layer: PyTorch's default, U(±1/√features), or 0. @default 'uniform' */
  readonly bias?: 'uniform' | 'zeros';
  /** Seed of the linear layer's initial weights; the bias's is the next number. @default none */
  readonly seed?: Seed;
}

/** A convolutional network without its classifier, as a sequence of stages. */
export class Backbone {
  /** Names the models that are made of it, and stands in error messages: `resnet50`. */
  readonly name: string;
  /** From the image to the last map, in the order in which they are applied. */
  readonly stages: readonly Stage[];
  private readonly head: Head;

  constructor(name: string, stages: readonly Stage[], head: Head = { classifier: 'fc' }) {
    this.name = name;
    this.stages = stages;
    this.head = head;
  }

  /**
   * Applies all stages.
   *
   * @param x images [B,H,W,3]
   * @param between called with the map after each stage; what it returns enters the next stage.
   *   Put a module there, as FBSM's suppressed map, or keep the map and return it unchanged.
   * @returns what `between` returned for the last stage, or its map
   */
  apply(x: SymbolicTensor, between: Between = (map) => map): SymbolicTensor {
    return this.stages.reduce(
      (map, stage) => between(stage.apply(map), stage) as SymbolicTensor,
      x,
    );
  }

  /**
   * The backbone alone, as a feature extractor.
   *
   * @param args.inputShape [H,W,3]
   * @param args.taps names of the stages whose maps are the outputs. Default: the last one's
   * @throws RangeError for a name that is not a stage's
   */
  model(args: { inputShape: [number, number, number]; taps?: readonly string[] }): LayersModel {
    const where = `[@fbsd/backbones] ${this.name}.model`;
    checkKnown(where, args, ['inputShape', 'taps'], SHAPE);
    const names = this.stages.map((stage) => stage.name);
    const taps = args.taps ?? names.slice(-1);
    const unknown = taps.filter((tap) => !names.includes(tap));
    if (unknown.length > 0 || taps.length === 0) {
      throw new RangeError(
        `[@fbsd/backbones] ${this.name}: taps must name stages out of ${names.join(', ')}; got ${shown(taps)}.`,
      );
    }
    const maps = new Map<string, SymbolicTensor>();
    const inputs = input({ shape: args.inputShape });
    this.apply(inputs, (map, stage) => {
      maps.set(stage.name, map);
      return map;
    });
    const outputs = taps.map((tap) => maps.get(tap) as SymbolicTensor);
    return model({ inputs, outputs, name: this.name });
  }

  /**
   * The backbone with average pooling and a linear layer: an image classifier as torchvision has it.
   *
   * Output: logits [B,classes].
   *
   * @param args.inputShape [H,W,3]
   * @param args.classes 1000, ImageNet's, by default
   * @throws RangeError for a number of classes below 1
   */
  classifier(args: { inputShape: [number, number, number]; classes?: number }): LayersModel {
    const where = `[@fbsd/backbones] ${this.name}.classifier`;
    checkKnown(where, args, ['inputShape', 'classes'], SHAPE);
    const { inputShape, classes = IMAGENET_CLASSES } = args;
    if (!Number.isInteger(classes) || classes < 1) {
      throw new RangeError(
        `[@fbsd/backbones] ${this.name}: classes must be a whole number from 1; got ${shown(classes)}.`,
      );
    }
    const { classifier, last = (map) => map, bias = 'uniform', seed } = this.head;
    const inputs = input({ shape: inputShape, name: 'images' });
    const pooled = layers
      .globalAveragePooling2d({ name: 'avgpool' })
      .apply(last(this.apply(inputs))) as SymbolicTensor;
    const features = pooled.shape.at(-1) as number;
    const linear = layers.dense({
      name: classifier,
      units: classes,
      kernelInitializer: uniformFanIn(features, seed),
      biasInitializer:
        bias === 'zeros' ? initializers.zeros() : uniformFanIn(features, seedAfter(seed, 1)),
    });
    return model({ inputs, outputs: linear.apply(pooled) as SymbolicTensor, name: this.name });
  }
}

const IMAGENET_CLASSES = 1000;
const SHAPE = '{ inputShape: [224, 224, 3] }';
