import type { Converter } from './use.ts';

/** The mean of the k largest responses of each channel. */
export const topKPool: Converter = ({ graph, path, config, inputs, shapes }) => {
  const k = config['k'] as number;
  const [input] = inputs;
  const x = graph.channelsFirst(input);
  const [batch = null] = input.shape;
  const channels = input.shape.at(-1) as number;
  const [shape] = shapes;
  const flat = graph.ints(
    `${path}/positions`,
    x.channelsFirst ? [0, channels, -1] : [0, -1, channels],
  );
  const positions = graph.operation(`${path}/positions`, 'Reshape', [x, flat], {
    shape: [batch, null, null],
  });
  const axis = x.channelsFirst ? 2 : 1;
  const [values, indices] = [graph.unique(`${path}/largest`), graph.unique(`${path}/indices`)];
  graph.add('TopK', [positions, graph.ints(`${path}/k`, [k])], [values, indices], {
    axis: { int: axis },
    sorted: { int: 0 },
  });
  return graph.operation(path, 'ReduceMean', [values], {
    attributes: { axes: { ints: [axis] }, keepdims: { int: 0 } },
    shape,
  });
};
