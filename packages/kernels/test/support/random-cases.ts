import { diversify } from '@fbsd/fdm';
import { uniform } from '@fbsd/testing';
import { topKMean } from '@fbsd/topk-pool';
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, sgdStep } from '../../src/index.ts';
import { explicit, withRelu, withResidual } from './convolutions.ts';
import { random } from './reference.ts';

/** Something that the kernels compute, with inputs of a shape that was drawn. */
export interface RandomCase {
  /** What it is, to be repeated by hand. */
  description: string;
  /** Whether the sums are those of each thread, added: then their rounding depends on how many there are. */
  sumsOfThreads: boolean;
  /** Whether gradients jump where a product changes its sign, or what is nearly equal is subtracted: then rounding may change them much. */
  jumps: boolean;
  compute(): tf.Tensor[];
}

/** The case of a number: the same whenever it is asked for. */
export function randomCase(seed: string, number: number): RandomCase {
  const draw = new Draw(`${seed} ${number}`);
  const name = draw.of(Object.keys(KINDS) as (keyof typeof KINDS)[]);
  const { options, compute } = KINDS[name](draw);
  const description = `${number}: ${name} ${JSON.stringify(options)}`;
  // A vector of one channel has no direction that could change.
  const jumps =
    (name === 'fusedMatMul' && 'activation' in options && options.activation === 'relu') ||
    (name === 'diversify' && (options as { maps: number[][] }).maps[0]?.[3] === 1);
  return { description, sumsOfThreads: name === 'batchNorm', jumps, compute };
}

class Draw {
  #drawn = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** An integer of [first,last]. */
  integer(first: number, last: number): number {
    return first + Math.floor(uniform(this.#name, this.#drawn++) * (last - first + 1));
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.integer(0, values.length - 1)] as Value;
  }

  yes(): boolean {
    return this.of([true, false]);
  }

  /** Around the widths of vectors, and their multiples. */
  channels(): number {
    return this.yes() ? this.of([1, 3, 4, 8, 16, 17, 24, 31, 32, 33, 48, 64]) : this.integer(1, 50);
  }
}

/** What a kind of case draws, for its description, and what it computes. */
interface Drawn {
  options: object;
  compute(): tf.Tensor[];
}

type Shape4D = [number, number, number, number];

/** Values and gradients of a function of tensors of these shapes. */
function withGradients(
  apply: (...inputs: tf.Tensor[]) => tf.Tensor,
  ...shapes: readonly number[][]
): tf.Tensor[] {
  const inputs = shapes.map((shape, i) => random(`input ${i}`, shape));
  const y = apply(...inputs);
  return [y, ...tf.grads(apply)(inputs, random('dy', y.shape))];
}

/** Padding that leaves room for at least one window. */
function padding(draw: Draw, height: number, width: number, kernel: [number, number]) {
  const pads = [0, 1, 2, 3].map((side) => draw.integer(0, (kernel[side >> 1] ?? 1) - 1));
  const [top = 0, bottom = 0, left = 0, right = 0] = pads;
  const fits = height >= kernel[0] && width >= kernel[1];
  const kind = draw.of(fits ? ['same', 'valid', 'explicit'] : ['same']);
  return kind === 'explicit' ? explicit(top, bottom, left, right) : (kind as 'same' | 'valid');
}

function convolution(draw: Draw, channels: () => number, kernel: [number, number], stride: number) {
  const [height, width] = [draw.integer(1, 15), draw.integer(1, 15)];
  const x: Shape4D = [draw.integer(1, 3), height, width, channels()];
  const filter: Shape4D = [...kernel, x[3], channels()];
  const strides: [number, number] = [draw.integer(1, stride), draw.integer(1, stride)];
  const pad = padding(draw, height, width, kernel);
  const options = { x, filter, strides, pad };
  const compute = () => [
    ...withGradients(
      (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad),
      x,
      filter,
    ),
    withRelu(options, random('x', x)),
    ...withResidual(options, random('x', x)),
  ];
  return { options, compute };
}

const KINDS = {
  convolution: (draw: Draw): Drawn => {
    const kernel: [number, number] = [draw.integer(1, 5), draw.integer(1, 5)];
    return convolution(draw, () => draw.channels(), kernel, 3);
  },
  pointwise: (draw: Draw): Drawn => convolution(draw, () => draw.channels(), [1, 1], 2),
  square: (draw: Draw): Drawn => convolution(draw, () => draw.channels(), [3, 3], 2),
  winograd: (draw: Draw): Drawn => convolution(draw, () => draw.integer(16, 70), [3, 3], 1),

  dilated(draw: Draw): Drawn {
    const [channels, filters] = [draw.channels(), draw.channels()];
    const x: Shape4D = [draw.integer(1, 3), draw.integer(7, 15), draw.integer(7, 15), channels];
    const filter: Shape4D = [draw.integer(1, 3), draw.integer(1, 3), channels, filters];
    const dilations: [number, number] = [draw.integer(1, 3), draw.integer(1, 3)];
    const pad = draw.of(['same', 'valid'] as const);
    const activation = draw.of(['linear', 'relu', 'relu6', 'elu'] as const);
    const compute = () => [
      tf.fused.conv2d({
        ...{ x: random<tf.Tensor4D>('x', x), filter: random<tf.Tensor4D>('filter', filter) },
        ...{ strides: 1, pad, dilations, bias: random('bias', [filters]), activation },
      }),
    ];
    return { options: { x, filter, dilations, pad, activation }, compute };
  },

  depthwise(draw: Draw): Drawn {
    const kernel: [number, number] = [draw.integer(1, 5), draw.integer(1, 5)];
    const [height, width, channels] = [draw.integer(1, 13), draw.integer(1, 13), draw.channels()];
    const x = [draw.integer(1, 3), height, width, channels];
    const filter = [...kernel, channels, draw.integer(1, 3)];
    const stride = draw.integer(1, 3);
    const pad = padding(draw, height, width, kernel);
    const apply = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad as 'same');
    return {
      options: { x, filter, stride, pad },
      compute: () => withGradients(apply as Apply, x, filter),
    };
  },

  matMul(draw: Draw): Drawn {
    const [rows, depth, columns] = [draw.integer(1, 70), draw.integer(1, 90), draw.integer(1, 70)];
    const [transposeA, transposeB] = [draw.yes(), draw.yes()];
    const batches = draw.of([[], [draw.integer(1, 4)], [2, draw.integer(1, 3)]]);
    const a = [...batches, ...(transposeA ? [depth, rows] : [rows, depth])];
    const broadcast = draw.yes(); // of which tfjs has no gradient
    const inner = transposeB ? [columns, depth] : [depth, columns];
    const b = [...(broadcast ? batches.map(() => 1) : batches), ...inner];
    const apply = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, transposeA, transposeB);
    const compute = () =>
      broadcast ? [apply(random('a', a), random('b', b))] : withGradients(apply as Apply, a, b);
    return { options: { a, b, transposeA, transposeB }, compute };
  },

  fusedMatMul(draw: Draw): Drawn {
    const [rows, depth, columns] = [draw.integer(1, 60), draw.integer(1, 90), draw.integer(1, 60)];
    const activation = draw.of(['linear', 'relu', 'sigmoid', 'elu'] as const);
    const [a, b]: [[number, number], [number, number]] = [
      [rows, depth],
      [depth, columns],
    ];
    const compute = () =>
      withGradients(
        ((a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
          tf.fused.matMul({
            a,
            b,
            bias,
            activation,
            transposeA: false,
            transposeB: false,
          })) as Apply,
        a,
        b,
        [columns],
      );
    return { options: { a, b, activation }, compute };
  },

  batchNorm(draw: Draw): Drawn {
    const channels = draw.channels();
    const x = [draw.integer(1, 4), draw.integer(1, 20), draw.integer(2, 20), channels];
    const [relu, residual] = [draw.yes(), draw.yes()];
    const apply = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, added?: tf.Tensor) =>
      batchNorm(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, {
        relu,
        ...(added && { residual: added }),
      }).y;
    const shapes = [x, [channels], [channels], ...(residual ? [x] : [])];
    return {
      options: { x, relu, residual },
      compute: () => withGradients(apply as Apply, ...shapes),
    };
  },

  reduction(draw: Draw): Drawn {
    const x = [draw.integer(1, 9), draw.integer(1, 40), draw.integer(1, 12), draw.channels()];
    const axes = [0, 1, 2, 3].filter(() => draw.yes());
    const mean = draw.yes();
    const compute = () => {
      const input = random('x', x);
      const other = random('other', x);
      return [
        mean ? tf.mean(input, axes) : tf.sum(input, axes),
        tf.exp(input),
        tf.add(input, other),
      ];
    };
    return { options: { x, axes, mean }, compute };
  },

  maxPool(draw: Draw): Drawn {
    const kernel: [number, number] = [draw.integer(1, 4), draw.integer(1, 4)];
    const [height, width] = [draw.integer(1, 15), draw.integer(1, 15)];
    const x = [draw.integer(1, 3), height, width, draw.channels()];
    const strides: [number, number] = [draw.integer(1, 3), draw.integer(1, 3)];
    const pad = padding(draw, height, width, kernel);
    const apply = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, kernel, strides, pad as 'same');
    return {
      options: { x, kernel, strides, pad },
      compute: () => withGradients(apply as Apply, x),
    };
  },

  topK(draw: Draw): Drawn {
    const positions = [draw.integer(1, 30), draw.integer(1, 30)];
    const x = [draw.integer(1, 3), ...positions, draw.channels()];
    const k = draw.integer(1, Math.min(60, (positions[0] ?? 1) * (positions[1] ?? 1)));
    return { options: { x, k }, compute: () => withGradients((x) => topKMean(x, { k }), x) };
  },

  diversify(draw: Draw): Drawn {
    const [batch, channels] = [draw.integer(1, 3), draw.channels()];
    const maps = Array.from({ length: draw.integer(2, 4) }, () => {
      return [batch, draw.integer(0, 9), draw.integer(1, 9), channels];
    });
    const compute = () => {
      const inputs = maps.map((shape, i) => random(`map ${i}`, shape));
      const apply = (...inputs: tf.Tensor[]) => diversify(inputs, { gamma: 0.7, scale: 1 });
      const loss = (...inputs: tf.Tensor[]) =>
        tf.addN(
          apply(...inputs).map((z, i) => tf.sum(tf.mul(z, random(`dz ${i}`, z.shape)))),
        ) as tf.Scalar;
      return [...apply(...inputs), ...tf.grads(loss)(inputs)];
    };
    return { options: { maps }, compute };
  },

  copies(draw: Draw): Drawn {
    const x = [draw.integer(1, 6), draw.integer(2, 9), draw.channels()];
    const others = [0, 1].map(() => [x[0] ?? 1, draw.integer(1, 5), x[2] ?? 1]);
    const begin = x.map((size) => draw.integer(0, size - 1));
    const size = x.map((size, axis) => draw.integer(1, size - (begin[axis] ?? 0)));
    const rows = Array.from({ length: draw.integer(1, 12) }, () =>
      draw.integer(0, (x[0] ?? 1) - 1),
    );
    const around = x.map((): [number, number] => [draw.integer(0, 2), draw.integer(0, 3)]);
    const compute = () => [
      ...withGradients((x) => tf.slice(x, begin, size), x),
      ...withGradients((x) => tf.pad(x, around, 0.5), x),
      ...withGradients((...parts) => tf.concat(parts, 1), x, ...others),
      ...withGradients((x) => tf.gather(x, tf.tensor1d(rows, 'int32')), x),
    ];
    return { options: { x, others, begin, size, rows, around }, compute };
  },

  step(draw: Draw): Drawn {
    const shape = [draw.integer(1, 40), draw.integer(1, 300)];
    const rates = {
      learningRate: 0.1,
      momentum: draw.of([0, 0.9]),
      weightDecay: draw.of([0, 5e-4]),
    };
    const compute = () => {
      const [weight, velocity] = ['weight', 'velocity'].map((name) =>
        random(name, shape).variable(),
      );
      const parameter = { weight, velocity, gradient: random('gradient', shape) };
      sgdStep([parameter as Parameters<typeof sgdStep>[0][number]], rates);
      const moved = [weight, velocity].map((each) => tf.clone(each as tf.Tensor));
      tf.dispose([weight, velocity] as tf.Tensor[]);
      return [...moved, ...withGradients((x) => tf.relu6(tf.mul(x, 9)), shape)];
    };
    return { options: { shape, ...rates }, compute };
  },
};

/** A function of as many tensors as there are shapes. */
type Apply = (...inputs: tf.Tensor[]) => tf.Tensor;
