import { uniform } from '@fbsd/testing';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

type Layer = InstanceType<typeof layers.Layer>;

/** A layer that may be applied again, with the channels of its inputs. */
interface Reusable {
  layer: Layer;
  channels: number[];
}

const SIDE = 4;

/**
 * A functional model drawn at random: maps of one size and 2 to 4 channels, joined by additions and
 * concatenations, with layers and nested models that are applied several times, up to three inputs
 * and outputs.
 */
export function randomModel(seed: number): LayersModel {
  return new Drawing(seed).model(`m${seed}`, { steps: 12, nests: true });
}

class Drawing {
  readonly #sequence: string;
  #count = 0;

  constructor(seed: number) {
    this.#sequence = `random model ${seed}`;
  }

  model(name: string, { steps, nests }: { steps: number; nests: boolean }): LayersModel {
    const inputs = Array.from({ length: 1 + this.#below(nests ? 3 : 2) }, (_, i) =>
      input({ name: `${name}_in${i}`, shape: [SIDE, SIDE, 2 + this.#below(3)] }),
    );
    const maps = [...inputs];
    const reusable: Reusable[] = [];
    for (let step = 0; step < steps; step++) {
      const { layer, given } = this.#step(`${name}_${step}`, maps, reusable, nests) ?? {};
      if (!layer || !given) continue;
      maps.push(apply(layer, given));
      reusable.push({ layer, channels: given.map(channelsOf) });
    }
    const outputs = maps
      .slice(-1 - (nests ? this.#below(3) : 0))
      .map((map, i) => apply(this.#convolution(`${name}_out${i}`), [map]));
    const used = new Set(outputs.flatMap(sourcesOf));
    return model({ inputs: inputs.filter((x) => used.has(x)), outputs, name });
  }

  /** A layer and what to apply it to; nothing where there is nothing to take. */
  #step(
    id: string,
    maps: SymbolicTensor[],
    reusable: Reusable[],
    nests: boolean,
  ): { layer: Layer; given: SymbolicTensor[] | undefined } | undefined {
    // Something recent in two of three cases, so that graphs become deep.
    const first = this.#oneOf(this.#below(3) ? maps.slice(-2) : maps);
    switch (this.#below(nests ? 7 : 6)) {
      case 0:
        return { layer: this.#convolution(id), given: [first] };
      case 1:
        return { layer: layers.batchNormalization({ name: id }), given: [first] };
      case 2:
        return { layer: layers.leakyReLU({ name: id }), given: [first] };
      case 3: {
        const like = maps.filter((map) => map !== first && channelsOf(map) === channelsOf(first));
        if (like.length === 0) return undefined;
        return { layer: layers.add({ name: id }), given: [first, this.#oneOf(like)] };
      }
      case 4: {
        const other = maps.find((map) => map !== first && channelsOf(map) + channelsOf(first) < 7);
        return other && { layer: layers.concatenate({ name: id }), given: [first, other] };
      }
      case 5: {
        if (reusable.length === 0) return undefined;
        const { layer, channels } = this.#oneOf(reusable);
        return { layer, given: fitting(channels, maps) };
      }
      default: {
        const layer = this.model(id, { steps: 4, nests: false });
        return { layer, given: fitting(layer.inputs.map(channelsOf), maps) };
      }
    }
  }

  #convolution(name: string): Layer {
    const filters = 2 + this.#below(3);
    return layers.conv2d({ name, filters, kernelSize: 1 + 2 * this.#below(2), padding: 'same' });
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[this.#below(values.length)] as T;
  }

  #below(count: number): number {
    return Math.floor(uniform(this.#sequence, this.#count++) * count);
  }
}

/** The latest maps with these channels, each once: tfjs frees a map too early that a layer gets twice. */
function fitting(
  channels: readonly number[],
  maps: SymbolicTensor[],
): SymbolicTensor[] | undefined {
  const given: SymbolicTensor[] = [];
  for (const count of channels) {
    const map = maps.findLast((x) => channelsOf(x) === count && !given.includes(x));
    if (!map) return undefined;
    given.push(map);
  }
  return given;
}

function apply(layer: Layer, given: SymbolicTensor[]): SymbolicTensor {
  return layer.apply(given.length === 1 ? (given[0] as SymbolicTensor) : given) as SymbolicTensor;
}

/** Everything that `map` is computed from. tfjs does not save an input that no output needs. */
function sourcesOf(map: SymbolicTensor): SymbolicTensor[] {
  return [map, ...map.inputs.flatMap(sourcesOf)];
}

function channelsOf(map: SymbolicTensor): number {
  return map.shape[3] as number;
}
