import type {
  Averages,
  Classification,
  Dataset,
  EpochLine,
  Evaluation,
  Inspection,
  MetricsLine,
  StepReport,
  TrainOptions,
} from '@fbsd/trainer';

/** What computes. `webgl` only predicts. */
export type Backend = 'webgpu' | 'wasm' | 'webgl';

/** How a backend may be started: for tests, see `wantedIn` of start-options.ts. */
export interface StartOptions {
  /** Takes a GPU that is none, but a program on the CPU. @default false */
  allowSoftware?: boolean;
  /** Threads of wasm. @default as many as there are CPUs, at most 8 */
  threads?: number;
}

/** What was started, for people to read. */
export interface Started {
  backend: Backend;
  /** Threads of wasm; 1 elsewhere. */
  threads: number;
  /** Name of the GPU. */
  adapter?: string;
  /** Why it is not the fastest one: a sentence for each that was passed over. */
  passedOver: readonly string[];
}

/** How far something is; `total` is absent while nobody knows. */
export interface Doing {
  what: 'loading' | 'compiling' | 'decoding' | 'testing' | 'saving' | 'packing';
  done: number;
  total?: number;
  /** Of `done` and `total`. */
  unit: 'bytes' | 'shaders' | 'pictures' | 'files';
}

export type OnDoing = (doing: Doing) => void;

/** Is told what computes from now on, and why, as a sentence. */
export type OnReplaced = (started: Started, reason: string) => void;

/** A model that is loaded, or was trained here. */
export interface ModelInfo {
  name: string;
  classNames: readonly string[];
  /** Side in pixels of its images. */
  imageSize: number;
  /** How many FBSMs it has: without any there is nothing to explain. */
  levels: number;
  /** Of its weights. */
  bytes: number;
}

/** Where a model comes from: the page's own, a run that was trained here, or files that somebody dropped. */
export type ModelSource =
  | { kind: 'bundled' }
  | { kind: 'run'; run: string }
  | { kind: 'files'; files: readonly NamedBlob[] };

/** A file with the path that it has in its folder or archive. */
export interface NamedBlob {
  path: string;
  blob: Blob;
}

/** What the model makes of a picture, and how. */
export interface Explained {
  name: string;
  /** Likeliest first. */
  classes: readonly Classification[];
  /** Null for a model without FBSMs. */
  inspection: Inspection | null;
  /** Pictures of each level as data URIs, from the input to the output. */
  levels: readonly ExplainedLevel[];
  /** The square that the model saw, as a data URI. */
  photo: string;
  /** The report's card of it, as HTML. */
  card: string;
  milliseconds: number;
}

export interface ExplainedLevel {
  /** What was boosted, what was suppressed, where the response lies: data URIs. */
  boosted: string;
  suppressed: string;
  response: string;
}

/** Photographs with classes, kept in the browser. */
export interface StoredDataset extends Pick<Dataset, 'classNames' | 'train' | 'test'> {
  name: string;
  /** Decides which pictures are for testing, with the share: the same ones on every run. */
  seed: number;
  testShare: number;
  /** Pictures that were left out, by their paths. */
  duplicates: readonly { path: string; sameAs: string }[];
  unreadable: readonly { path: string; reason: string }[];
}

/** A change of a data set. */
export type DatasetChange =
  /** Pictures in folders of their class: `heron/1.jpg`. A class that is not there yet is added. */
  | { change: 'add'; files: readonly NamedBlob[] }
  /** Into a class that has that name already, the pictures are moved. */
  | { change: 'rename'; from: string; to: string }
  | { change: 'removeClass'; name: string }
  | { change: 'removePicture'; path: string }
  | { change: 'split'; seed: number; testShare: number };

/** What a run is trained with. */
export interface TrainSettings extends TrainOptions {
  /** Names the run in the browser's storage. */
  run: string;
  dataset: string;
  arch: 'mini' | 'resnet50' | 'resnet101' | 'densenet161';
  /** @default 'sgd' */
  optimizer?: 'sgd' | 'adamw';
  newLearningRate: number;
  pretrainedLearningRate: number;
  /** Share of the average of the weights that stays from step to step. @default 0: there is none */
  emaDecay?: number;
  /** A `.pth` or `.safetensors` of the backbone. @default random weights */
  weights?: Blob;
}

/** A run in the browser's storage. */
export interface RunInfo {
  run: string;
  settings: Omit<TrainSettings, 'weights'>;
  state: 'finished' | 'interrupted';
  /** Epochs done. */
  epochs: number;
  best: number | null;
  lines: readonly MetricsLine[];
  /** Whether the pictures that it learns from are in this browser: it goes on, and is tested, only with them. */
  hasPictures: boolean;
  /** Why its tests here are not to be believed, as sentences; null where they are. */
  doubts: string | null;
}

/** Is told how training goes. */
export interface TrainEvents {
  doing(doing: Doing): void;
  /** `totalSteps`: of the whole run. */
  step(step: StepReport & Pick<Averages, 'loss'> & { totalSteps: number }): void;
  line(line: MetricsLine): void;
  /** After five steps, and with every line after that. */
  estimate(estimate: { secondsLeft: number; imagesPerSecond: number }): void;
  /** The GPU was lost, for example: training goes on by itself. */
  notice(sentence: string): void;
}

/** The outcome of training, or of the part of it until it was stopped. */
export interface Trained {
  finished: boolean;
  epochs: readonly EpochLine[];
  /** Of the best model, on the test pictures; null without any. */
  evaluation: Evaluation | null;
  /** The worst mistakes first: paths of pictures of the data set. */
  mistakes: readonly { path: string; label: number; predicted: number; probability: number }[];
}

/** What can be downloaded. */
export type ExportKind =
  | { kind: 'run' }
  | { kind: 'model'; weights: 'float32' | 'float16' | 'uint8' }
  | { kind: 'safetensors' }
  | { kind: 'report' };

export interface Exported {
  name: string;
  blob: Blob;
  /** Accuracy on the test pictures as it is loaded again, where the weights were rounded. */
  accuracy?: number;
  accuracyBefore?: number;
}

/**
 * All that computes, in a Worker of its own: the page stays responsive. Errors are `UserError`s whose message is all that
 * the person at the page needs.
 */
export interface Engine {
  /** Starts the fastest backend that really is there, or the one that is asked for. The model that is loaded stays. */
  start(wanted?: Backend, options?: StartOptions): Promise<Started>;
  /** Has somebody told when something else computes than what was started: the GPU is lost, for example. */
  watch(onReplaced: OnReplaced): void;
  load(source: ModelSource, onDoing: OnDoing): Promise<ModelInfo>;
  classify(picture: Blob, top: number): Promise<Classification[]>;
  explain(pictures: readonly NamedBlob[]): Promise<Explained[]>;
  /** The pictures of a ZIP archive, as those of a folder; files that are none are empty. */
  picturesOfZip(archive: Blob): Promise<NamedBlob[]>;
  datasets(): Promise<StoredDataset[]>;
  /** Makes the data set if there is none of that name. */
  change(dataset: string, change: DatasetChange, onDoing: OnDoing): Promise<StoredDataset>;
  forgetDataset(dataset: string): Promise<void>;
  /** A picture of a data set, small enough for a thumbnail. */
  thumbnail(dataset: string, path: string): Promise<Blob>;
  /** The picture as it was added. */
  picture(dataset: string, path: string): Promise<Blob>;
  train(settings: TrainSettings, events: TrainEvents): Promise<Trained>;
  /** Goes on from the run's last checkpoint; of a finished run the best model is tested again, and nothing is trained. */
  resume(run: string, events: TrainEvents): Promise<Trained>;
  /** Ends training after the step in progress, with a checkpoint. */
  stop(): void;
  runs(): Promise<RunInfo[]>;
  /** Takes a run from elsewhere: its folder or ZIP, of a page or of `fbsd train`. @returns its name here */
  importRun(files: readonly NamedBlob[]): Promise<string>;
  forget(run: string): Promise<void>;
  export(run: string, what: ExportKind, onDoing: OnDoing): Promise<Exported>;
}
