import type { MetricsLine } from '../train/metrics.ts';
import type { Checkpoint, CheckpointName } from '../train/run-store.ts';
import { writeCheckpointFiles } from './checkpoint-files.ts';
import { CHECKSUMS, checksumLine, sha256 } from './checksums.ts';
import { encodeMetricsLine, METRICS } from './metrics-lines.ts';
import { CONFIG, encodeConfig, type RunConfig } from './run-config.ts';

/** A file, by its path below the folder that it belongs to: names with `/` between them. */
export interface RunFile {
  /** As `checkpoints/best/model.json`. */
  path: string;
  /** Its content. */
  bytes: Uint8Array;
}

/** What {@link runFiles} makes files of. */
export interface RunParts {
  /** How the run was begun; null: the folder says nothing of it. */
  config: RunConfig<object> | null;
  /** Its measurements. */
  metrics: readonly MetricsLine[];
  /** The files of its checkpoints, by {@link checkpointFiles}. */
  checkpoints: Readonly<Partial<Record<CheckpointName, readonly RunFile[]>>>;
}

/**
 * The files of a checkpoint with their checksums: to the byte what `fbsd train` writes to a folder. Model and tensors may not
 * change until the promise is kept.
 */
export async function checkpointFiles(checkpoint: Checkpoint): Promise<RunFile[]> {
  const files: RunFile[] = [];
  await eachCheckpointFile(checkpoint, (file) => void files.push(file));
  return files;
}

/** Hands over the files of {@link checkpointFiles} one after the other, so that not all need be in memory at once. */
export async function eachCheckpointFile(
  checkpoint: Checkpoint,
  take: (file: RunFile) => void,
): Promise<void> {
  const lines: string[] = [];
  await writeCheckpointFiles(checkpoint, async (path, content) => {
    const bytes = bytesOf(content);
    lines.push(checksumLine(await sha256(bytes), path));
    take({ path, bytes });
  });
  take({ path: CHECKSUMS, bytes: bytesOf(lines.join('')) });
}

/** Where a run keeps a checkpoint, below its folder. */
export function checkpointPath(name: CheckpointName): string {
  return `checkpoints/${name}`;
}

/**
 * The files of a run's folder, for a ZIP or a disk: `fbsd evaluate`, `predict` and `inspect` read it with `--model`.
 * One whose config has the settings of `fbsd train` goes on there with `--resume`, too.
 */
export async function runFiles({ config, metrics, checkpoints }: RunParts): Promise<RunFile[]> {
  const files: RunFile[] = [];
  if (config) files.push({ path: CONFIG, bytes: bytesOf(await encodeConfig(config)) });
  files.push({ path: METRICS, bytes: bytesOf(metrics.map(encodeMetricsLine).join('')) });
  for (const name of ['last', 'best'] as const) {
    for (const { path, bytes } of checkpoints[name] ?? []) {
      files.push({ path: `${checkpointPath(name)}/${path}`, bytes });
    }
  }
  return files;
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
