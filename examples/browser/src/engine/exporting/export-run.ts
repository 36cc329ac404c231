import { foldBatchNorms, saveStateDict } from '@fbsd/backbones';
import {
  classifierFiles,
  compactArtifacts,
  explain,
  readableName,
  recordClasses,
  renderReport,
  showMistakes,
} from '@fbsd/trainer';
import { canvasEncoder, type IndexedDbRuns } from '@fbsd/trainer/web';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { Exported, ExportKind, OnDoing } from '../engine.ts';
import type { Runs } from '../training/runs.ts';
import { type Testing, test } from '../training/test-best.ts';
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
  return runs.withModel(run, async (model, classNames) => {
    const withPictures = <T>(work: (testing: Testing) => Promise<T>) =>
      runs.withPictures(run, { doing: onDoing }, work);
    switch (what.kind) {
      case 'model': {
        recordClasses(model, classNames);
        const artifacts = await compactArtifacts(model, { weights: what.weights });
        const files = classifierFiles(artifacts).map(({ name, bytes }) => ({ path: name, bytes }));
        const blob = await packed(inFolder(run, files), onDoing);
        const made = { name: `${run}-${what.weights}.zip`, blob };
        if (what.weights === 'float32' || !(await runs.hasPictures(run))) return made;
        return { ...made, ...(await withPictures((all) => tested(model, artifacts, all))) };
      }
      case 'safetensors':
        return { name: `${run}.safetensors`, blob: new Blob([await saveStateDict(model)]) };
      case 'report':
        return withPictures((testing) => reportOf(run, model, testing));
    }
  });
}

/** How much is right before weights were rounded, and as the model will be loaded; nothing without test pictures. */
async function tested(
  model: LayersModel,
  artifacts: io.ModelArtifacts,
  testing: Testing,
): Promise<Pick<Exported, 'accuracy' | 'accuracyBefore'>> {
  if (testing.dataset.test.length === 0) return {};
  const folded = foldBatchNorms(model);
  const loaded = await loadLayersModel(io.fromMemory(artifacts));
  try {
    const { accuracy: accuracyBefore } = await test(folded, testing);
    const { accuracy } = await test(loaded, testing);
    return { accuracy, accuracyBefore };
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
