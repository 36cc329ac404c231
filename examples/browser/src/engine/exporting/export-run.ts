import { foldBatchNorms, saveStateDict } from '@fbsd/backbones';
import {
  classifierFiles,
  compactArtifacts,
  explain,
  readableName,
  recordClasses,
  renderReport,
  showMistakes,
  UserError,
} from '@fbsd/trainer';
import { canvasEncoder, type IndexedDbRuns } from '@fbsd/trainer/web';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { Exported, ExportKind, OnDoing } from '../engine.ts';
import type { Runs } from '../training/runs.ts';
import { bestCheckpoint, type Testing, test } from '../training/test-best.ts';
import { type FileToZip, zipOf } from './zip.ts';

/** Pictures that a report explains, and mistakes that it shows. */
const EXPLAINED = 12;
const MISTAKES = 24;

/** Makes the file of a run that somebody asked for. */
export async function exportRun(
  run: string,
  what: ExportKind,
  { runs, kept }: { runs: Runs; kept: IndexedDbRuns },
  onDoing: OnDoing,
): Promise<Exported> {
  if (what.kind === 'run') {
    const files = await kept.files(run);
    return { name: `${run}.zip`, blob: await packed(inFolder(run, files), onDoing) };
  }
  return runs.withPictures(run, { doing: onDoing }, async (testing) => {
    const checkpoint = await bestCheckpoint(testing);
    if (!checkpoint) throw new UserError(`The run ${run} has no model yet. Train it first.`);
    const { model } = checkpoint;
    try {
      switch (what.kind) {
        case 'model':
          return await modelOf(run, model, what.weights, testing, onDoing);
        case 'safetensors': {
          const blob = new Blob([await saveStateDict(model)]);
          return { name: `${run}.safetensors`, blob };
        }
        case 'report':
          return await reportOf(run, model, testing);
      }
    } finally {
      model.dispose();
    }
  });
}

/** The model in a form to give away, tested as it will be loaded. */
async function modelOf(
  run: string,
  model: LayersModel,
  weights: 'float32' | 'float16' | 'uint8',
  testing: Testing,
  onDoing: OnDoing,
): Promise<Exported> {
  recordClasses(model, testing.dataset.classNames);
  const artifacts = await compactArtifacts(model, { weights });
  const files = classifierFiles(artifacts).map(({ name, bytes }) => ({ path: name, bytes }));
  const blob = await packed(inFolder(run, files), onDoing);
  const name = `${run}-${weights}.zip`;
  if (weights === 'float32' || testing.dataset.test.length === 0) return { name, blob };
  const folded = foldBatchNorms(model);
  const loaded = await loadLayersModel(io.fromMemory(artifacts));
  try {
    const { accuracy: accuracyBefore } = await test(folded, testing);
    const { accuracy } = await test(loaded, testing);
    return { name, blob, accuracy, accuracyBefore };
  } finally {
    folded.dispose();
    loaded.dispose();
  }
}

async function reportOf(run: string, model: LayersModel, testing: Testing): Promise<Exported> {
  const { dataset, settings, store, pictures } = testing;
  const { imageSize } = settings;
  const tested = dataset.test.length > 0 ? await test(model, testing) : null;
  const shown = dataset.test.length > 0 ? dataset.test : dataset.train;
  const samples = spread(shown, EXPLAINED).map(({ path, file, label }) => ({ path, file, label }));
  const report = {
    title: run,
    settings: { ...settings },
    metrics: await store.metrics(),
    classNames: dataset.classNames.map(readableName),
    samples: await explain(model, samples, pictures, imageSize),
    ...(tested && {
      evaluation: tested,
      testFiles: dataset.test.map(({ file }) => file),
      mistakes: await showMistakes(dataset.test, tested.pictures, pictures, imageSize, MISTAKES),
    }),
  };
  const html = await renderReport(report, canvasEncoder);
  return { name: `${run}.html`, blob: new Blob([html], { type: 'text/html' }) };
}

/** Some of many, of all classes: they lie class by class. */
function spread<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, i) => all[Math.floor(i * step)] as T,
  );
}

function inFolder(folder: string, files: readonly FileToZip[]): FileToZip[] {
  return files.map(({ path, bytes }) => ({ path: `${folder}/${path}`, bytes }));
}

function packed(files: readonly FileToZip[], onDoing: OnDoing): Promise<Blob> {
  const total = files.length;
  return zipOf(files, (done) => onDoing({ what: 'packing', done, total, unit: 'files' }));
}
