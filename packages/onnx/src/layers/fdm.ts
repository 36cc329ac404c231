import type { Graph, Value } from '../graph.ts';
import type { Converter } from './use.ts';

/** Norms below this count as this, so that an all-zero position has a direction: zero. */
const FLOOR = 1e-12;

/** A map by its positions [B,S,C], and what gives their directions. */
interface Positions {
  x: Value;
  /** x/‖x‖ [B,S,C] */
  direction: Value;
}

/** Feature diversification: each map gets, at each position, features of the others, most those least like its own. */
export const fdm: Converter = ({ graph, path, config, inputs }) => {
  const { gamma, scale } = config as { gamma: number; scale: number };
  const maps = inputs.map((input, i) => positionsOf(graph, `${path}/map${i}`, input));
  const given = maps.map((): Value[] => []);
  for (const [i, a] of maps.entries()) {
    for (let j = i + 1; j < maps.length; j++) {
      const [intoI, intoJ] = exchange(graph, `${path}/pair${i}${j}`, a, maps[j] as Positions);
      given[i]?.push(intoI);
      given[j]?.push(intoJ);
    }
  }
  const factor = graph.floats(`${path}/factor`, [], [gamma * scale]);
  return maps.map(({ x }, i) => {
    const name = `${path}/map${i}`;
    const { shape } = x;
    // Their sum first: each alone is far smaller than the map.
    const sum = graph.operation(`${name}/given`, 'Sum', given[i] as Value[], { shape });
    const small = graph.operation(`${name}/given`, 'Mul', [sum, factor], { shape });
    const added = graph.operation(`${name}/sum`, 'Add', [x, small], { shape });
    return restored(graph, `${path}/${i}`, added, inputs[i] as Value);
  });
};

/** [B,H,W,C] or [B,S,C] → [B,S,C] and the directions of its positions. */
function positionsOf(graph: Graph, name: string, input: Value): Positions {
  const [batch = null, ...rest] = input.shape;
  const channels = rest.at(-1) as number;
  const sizes = rest.slice(0, -1);
  const count = sizes.includes(null)
    ? null
    : (sizes as number[]).reduce((product, size) => product * size, 1);
  const shape = [batch, count, channels];
  const flat = graph.ints(`${name}/shape`, [0, -1, channels]);
  const x = graph.operation(name, 'Reshape', [graph.channelsLast(input), flat], { shape });
  const norm = graph.operation(`${name}/norm`, 'ReduceL2', [x], {
    attributes: { axes: { ints: [2] } },
    shape: [batch, count, 1],
  });
  const floor = graph.floats(`${name}/floor`, [], [FLOOR]);
  const above = graph.operation(`${name}/norm`, 'Max', [norm, floor], {
    shape: [batch, count, 1],
  });
  return { x, direction: graph.operation(`${name}/direction`, 'Div', [x, above], { shape }) };
}

/** The features that two maps a [B,S,C] and b [B,M,C] give to each other, of the shapes of a and b. */
function exchange(graph: Graph, name: string, a: Positions, b: Positions): [Value, Value] {
  const [batch = null, ofA = null] = a.x.shape;
  const [, ofB = null] = b.x.shape;
  const swap = { perm: { ints: [0, 2, 1] } };
  const turned = graph.operation(`${name}/turned`, 'Transpose', [b.direction], {
    attributes: swap,
    shape: [batch, b.x.shape[2] as number, ofB],
  });
  const shape = [batch, ofA, ofB];
  const likeness = graph.operation(`${name}/likeness`, 'MatMul', [a.direction, turned], { shape });
  const unlikeness = graph.operation(`${name}/unlikeness`, 'Neg', [likeness], { shape });
  const weights = (axis: number) =>
    graph.operation(`${name}/weights`, 'Softmax', [unlikeness], {
      attributes: { axis: { int: axis } },
      shape,
    });
  const back = graph.operation(`${name}/weights`, 'Transpose', [weights(1)], {
    attributes: swap,
    shape: [batch, ofB, ofA],
  });
  return [
    graph.operation(`${name}/into-a`, 'MatMul', [weights(2), b.x], { shape: a.x.shape }),
    graph.operation(`${name}/into-b`, 'MatMul', [back, a.x], { shape: b.x.shape }),
  ];
}

/** [B,S,C] → the shape of the map that it came from. */
function restored(graph: Graph, name: string, x: Value, map: Value): Value {
  const { shape } = map;
  const like = graph.channelsLast(map);
  const [, ...sizes] = shape;
  const known = sizes.every((size) => size !== null);
  const target = known
    ? graph.ints(`${name}/shape`, [0, ...(sizes as number[])])
    : graph.operation(`${name}/shape`, 'Shape', [like], { shape: [shape.length] });
  return graph.operation(name, 'Reshape', [x, target], { shape });
}
