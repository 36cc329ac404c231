import type { Value } from '../graph.ts';
import { type Converter, requiredWeight, UnsupportedLayerError, type Use } from './use.ts';

interface Options {
  parts: number;
  alpha: number;
  beta: number;
  axis: 'height' | 'width';
  epsilon: number;
}

/** Feature boosting and suppression, in evaluation mode. @returns boosted and suppressed map */
export const fbsm: Converter = async (use) => {
  const { graph, path, inputs, shapes } = use;
  const { alpha, beta } = use.config as unknown as Options;
  const [shape] = shapes;
  const x = graph.channelsFirst(inputs[0]);
  const strips = stripsOf(use);
  const p = await probabilitiesOf(use, x, strips);
  graph.strips.set(path, p);
  const constant = (name: string, value: number) => graph.floats(`${path}/${name}`, [], [value]);
  const small = (name: string, op: string, operands: (Value | string)[]) =>
    graph.operation(`${path}/${name}`, op, operands, { shape: p.shape });

  const boost = small('boost', 'Add', [
    small('boost', 'Mul', [p, constant('alpha', alpha)]),
    constant('one', 1),
  ]);
  const largest = graph.operation(`${path}/largest`, 'ReduceMax', [p], {
    attributes: { axes: { ints: [2] } },
    shape: [shape[0] ?? null, 1, 1],
  });
  // All that tie are suppressed, as in PyTorch's published module.
  const suppression = small('suppression', 'Where', [
    small('likeliest', 'Equal', [p, largest]),
    constant('weakened', 1 - beta),
    constant('unchanged', 1),
  ]);
  const times = (name: string, factors: Value) =>
    graph.operation(`${path}/${name}`, 'Mul', [x, spread(use, strips, factors)], {
      shape,
      channelsFirst: true,
    });
  return [times('boosted', boost), times('suppressed', suppression)];
};

interface Strips {
  alongHeight: boolean;
  /** How many rows or columns the map has. */
  length: number;
  /** Constant [L,k]: 1/size where the row or column lies in the strip. */
  average: string;
  /** Constant [k,L]: 1 where it does. */
  membership: string;
}

/** Strip i of k over L rows or columns has those from ⌊iL/k⌋ to ⌊(i+1)L/k⌋. */
function stripsOf(use: Use): Strips {
  const { graph, path, inputs } = use;
  const { parts, axis } = use.config as unknown as Options;
  const alongHeight = axis === 'height';
  const length = inputs[0].shape[alongHeight ? 1 : 2];
  if (length == null) {
    throw new UnsupportedLayerError(
      use,
      `cuts maps of an open ${axis} into strips. Give the model's input a fixed size.`,
    );
  }
  const begin = (strip: number) => Math.floor((strip * length) / parts);
  const average = new Float32Array(length * parts);
  const membership = new Float32Array(parts * length);
  for (let strip = 0; strip < parts; strip++) {
    for (let line = begin(strip); line < begin(strip + 1); line++) {
      average[line * parts + strip] = 1 / (begin(strip + 1) - begin(strip));
      membership[strip * length + line] = 1;
    }
  }
  return {
    alongHeight,
    length,
    average: graph.floats(`${path}/average`, [length, parts], average),
    membership: graph.floats(`${path}/membership`, [parts, length], membership),
  };
}

/** The strips' probabilities [B,1,k]: 1×1 convolution and batch norm, ReLU, mean of each strip, softmax. */
async function probabilitiesOf(use: Use, x: Value, strips: Strips): Promise<Value> {
  const { graph, path } = use;
  const [batch, height, width] = use.inputs[0].shape as [number | null, number, number, number];
  const { parts } = use.config as unknown as Options;
  const { kernel, bias } = await scoreWeights(use);
  const map = [batch, height, width, 1];
  const score = graph.operation(`${path}/score`, 'Conv', [x, kernel, bias], {
    shape: map,
    channelsFirst: true,
  });
  const active = graph.operation(`${path}/score`, 'Relu', [score], {
    shape: map,
    channelsFirst: true,
  });
  const lines = graph.operation(`${path}/lines`, 'ReduceMean', [active], {
    attributes: { axes: { ints: [strips.alongHeight ? 3 : 2] }, keepdims: { int: 0 } },
    shape: [batch, 1, strips.length],
  });
  const shape = [batch, 1, parts];
  const means = graph.operation(`${path}/means`, 'MatMul', [lines, strips.average], { shape });
  return graph.operation(`${path}/probabilities`, 'Softmax', [means], {
    attributes: { axis: { int: 2 } },
    shape,
  });
}

/** The convolution to one channel with the batch norm that follows it in its weights. */
async function scoreWeights(use: Use): Promise<{ kernel: string; bias: string }> {
  const { graph, path } = use;
  const { epsilon } = use.config as unknown as Options;
  const values = async (name: string) => (await requiredWeight(use, name).data()) as Float32Array;
  const single = async (name: string) => (await values(name))[0] as number;
  const scale = (await single('gamma')) / Math.sqrt((await single('moving_variance')) + epsilon);
  const kernel = (await values('kernel')).map((value) => value * scale);
  const bias = ((await single('bias')) - (await single('moving_mean'))) * scale;
  return {
    kernel: graph.floats(`${path}/kernel`, [1, kernel.length, 1, 1], kernel),
    bias: graph.floats(`${path}/bias`, [1], [bias + (await single('beta'))]),
  };
}

/** A factor of each strip [B,1,k] at each of its rows or columns: [B,1,H,1] or [B,1,1,W]. */
function spread({ graph, path }: Use, strips: Strips, factors: Value): Value {
  const [batch] = factors.shape as [number | null];
  const lines = graph.operation(`${path}/factors`, 'MatMul', [factors, strips.membership], {
    shape: [batch, 1, strips.length],
  });
  const axes = graph.ints(`${path}/axes`, [strips.alongHeight ? 3 : 2]);
  return graph.operation(`${path}/factors`, 'Unsqueeze', [lines, axes], {
    shape: strips.alongHeight ? [batch, strips.length, 1, 1] : [batch, 1, strips.length, 1],
    channelsFirst: true,
  });
}
