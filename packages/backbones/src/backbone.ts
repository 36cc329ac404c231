import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Block } from './convolution.ts';

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

/** What a backbone sends on after a stage; see {@link Backbone.apply}. */
export type Between = (map: SymbolicTensor, stage: Stage) => SymbolicTensor;

/** A convolutional network without its classifier, as a sequence of stages. */
export class Backbone {
  readonly name: string;
  readonly stages: readonly Stage[];

  constructor(name: string, stages: readonly Stage[]) {
    this.name = name;
    this.stages = stages;
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
    return this.stages.reduce((map, stage) => between(stage.apply(map), stage), x);
  }

  /**
   * The backbone alone, as a feature extractor.
   *
   * @param args.inputShape [H,W,3]
   * @param args.taps names of the stages whose maps are the outputs. Default: the last one's
   * @throws RangeError for a name that is not a stage's
   */
  model(args: { inputShape: [number, number, number]; taps?: readonly string[] }): LayersModel {
    const names = this.stages.map((stage) => stage.name);
    const taps = args.taps ?? names.slice(-1);
    const unknown = taps.filter((tap) => !names.includes(tap));
    if (unknown.length > 0 || taps.length === 0) {
      throw new RangeError(
        `[@fbsd/backbones] ${this.name}: taps must name stages out of ${names.join(', ')}; got [${taps}].`,
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
}
