import { io } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

/**
 * @typedef {import('@fbsd/trainer').Checkpoint} Checkpoint
 * @typedef {import('@fbsd/trainer').CheckpointName} CheckpointName
 * @typedef {import('@fbsd/trainer').MetricsLine} MetricsLine
 * @typedef {import('@fbsd/trainer').RunStore} RunStore
 *
 * @typedef {object} Kept a checkpoint as plain values and bytes, which can be posted and stored
 * @property {io.ModelArtifacts} model
 * @property {{ data: ArrayBuffer, specs: io.WeightsManifestEntry[] }} velocities
 * @property {Checkpoint['progress']} progress
 * @property {string[]} classNames
 */

/**
 * Keeps a run in memory, as long as this object lives.
 *
 * @implements {RunStore}
 */
export class MemoryRunStore {
  /** @type {MetricsLine[]} */
  metrics = [];
  /** @type {Map<CheckpointName, Kept>} */
  #checkpoints = new Map();

  /** @param {CheckpointName} name @param {Checkpoint} checkpoint */
  async save(name, { model, velocities, progress, classNames }) {
    this.#checkpoints.set(name, {
      progress: structuredClone(progress), // which the run will change
      classNames: [...classNames],
      model: await artifactsOf(model),
      velocities: await io.encodeWeights([...velocities]),
    });
  }

  /** @param {CheckpointName} name @returns {Promise<Checkpoint | null>} */
  async load(name) {
    const kept = this.#checkpoints.get(name);
    if (!kept) return null;
    const classNames = [...kept.classNames];
    const progress = structuredClone(kept.progress); // which the run will change
    const model = await loadLayersModel(io.fromMemory(kept.model));
    const { data, specs } = kept.velocities;
    const velocities = Object.entries(io.decodeWeights(data, specs)).map(([name, tensor]) => ({
      name,
      tensor,
    }));
    return { model, velocities, progress, classNames };
  }

  /** @param {MetricsLine} line */
  async append(line) {
    this.metrics.push(structuredClone(line));
  }

  /** @param {number} step */
  async rewind(step) {
    this.metrics = this.metrics.filter((line) => line.step <= step);
  }
}

/** @param {import('@tensorflow/tfjs-layers').LayersModel} model @returns {Promise<io.ModelArtifacts>} */
function artifactsOf(model) {
  return new Promise((resolve, reject) => {
    const handler = io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    model.save(handler).catch(reject);
  });
}
