import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedTensor } from '../train/parameters.ts';
import type { TrainOptimizer } from '../train/train-optimizer.ts';
import type { WeightAverage } from '../train/weight-average.ts';
import { UserError } from '../user-error.ts';
import { broadcastJson, type Communicator } from './communicator.ts';

/** What a step changes. */
export interface State {
  model: LayersModel;
  optimizer: TrainOptimizer;
  average: WeightAverage | null;
}

/**
 * Gives all processes the weights, averages and velocities of process 0: the others need not read a file.
 *
 * @throws UserError in a process that has another network
 */
export async function broadcastState(
  { model, optimizer, average }: State,
  communicator: Communicator,
): Promise<void> {
  if (communicator.size === 1) return;
  if (!average) {
    await broadcastWeights(model, communicator);
  } else if (communicator.rank === 0) {
    await average.during(async (trainingWeights) => {
      await broadcastWeights(model, communicator);
      await broadcastTensors(trainingWeights, communicator);
    });
  } else {
    await broadcastWeights(model, communicator);
    await receive(communicator, (trainingWeights) => average.resume(trainingWeights));
  }
  if (communicator.rank === 0) await broadcastTensors(optimizer.velocities(), communicator);
  else await receive(communicator, (velocities) => optimizer.setVelocities(velocities));
}

/** Gives all processes the weights and running statistics of process 0. */
export async function broadcastWeights(
  model: LayersModel,
  communicator: Communicator,
): Promise<void> {
  if (communicator.size === 1) return;
  const own = model.weights.map((weight) => ({
    name: weight.originalName,
    tensor: weight.read(),
  }));
  if (communicator.rank === 0) return broadcastTensors(own, communicator);
  await receive(communicator, (tensors) => {
    const [expected, got] = [own, tensors].map((list) =>
      list.map(({ name, tensor }) => `${name} [${tensor.shape}]`),
    ) as [string[], string[]];
    const strange = got.findIndex((weight, i) => weight !== expected[i]);
    if (strange >= 0 || expected.length !== got.length) {
      throw new UserError(
        `[@fbsd/trainer] train: process ${communicator.rank} has the weight ${expected[strange] ?? 'after the last'} where process 0 has ${got[strange] ?? 'none'}. All processes need the same network.`,
      );
    }
    tensors.forEach(({ tensor }, i) => {
      model.weights[i]?.write(tensor);
    });
  });
}

/** What process 0 sends. */
async function broadcastTensors(
  tensors: readonly NamedTensor[],
  communicator: Communicator,
): Promise<void> {
  broadcastJson(
    communicator,
    tensors.map(({ name, tensor: { shape } }) => ({ name, shape })),
  );
  for (const { tensor } of tensors) {
    const values = await tensor.data<'float32'>();
    communicator.broadcast(new Uint8Array(values.slice().buffer));
  }
}

/** What the others receive of it, for as long as `use` takes. */
async function receive(
  communicator: Communicator,
  use: (tensors: NamedTensor[]) => void | Promise<void>,
): Promise<void> {
  const sent = broadcastJson<{ name: string; shape: number[] }[]>(communicator, []);
  const tensors = sent.map(({ name, shape }) => {
    const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
    communicator.broadcast(new Uint8Array(values.buffer));
    return { name, tensor: tensor(values, shape, 'float32') };
  });
  await use(tensors);
  dispose(tensors.map(({ tensor }) => tensor));
}
