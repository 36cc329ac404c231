import { existsSync } from 'node:fs';
import { remedyOf } from '@fbsd/datasets';
import { type Checkpoint, type NamedTensor, UserError } from '@fbsd/trainer';
import {
  ChecksummedFolder,
  readCheckpointFiles,
  STATE,
  verifyCheckpointFiles,
  writeCheckpointFiles,
} from '@fbsd/trainer/run-files';
import { dispose } from '@tensorflow/tfjs-core';
import { type Disk, nodeDisk } from '../disk/disk.ts';
import { makeDirectories } from '../disk/durable.ts';
import { type Say, warnAside } from '../display/say.ts';
import {
  type CheckpointFolders,
  checkpointFolders,
  firstGood,
  foldersWithCheckpoint,
  putInPlace,
} from './checkpoint-folders.ts';
import { ChecksummedWriter } from './checksummed-writer.ts';
import { diskFolder } from './disk-folder.ts';

/** How a checkpoint is kept. */
export interface KeepOptions {
  /** Keep the one before beside it, as `….previous`. @default false */
  keepPrevious?: boolean;
  /** @default the disk, through Node */
  disk?: Disk;
}

/**
 * Writes model, class names, velocities and progress to `directory`, all or nothing: into a new directory first, with
 * the checksums of all files, then in the place of the old one. Whatever happens meanwhile, a power cut too, a
 * complete checkpoint is found, and when this returns it is the new one.
 *
 * @throws UserError when it cannot be written, on a full disk for example; the old one is whole then
 */
export async function saveCheckpoint(
  directory: string,
  checkpoint: Checkpoint,
  { keepPrevious = false, disk = nodeDisk }: KeepOptions = {},
): Promise<void> {
  const folders = checkpointFolders(directory);
  try {
    await disk.remove(folders.next);
    await makeDirectories(disk, folders.parent);
    await disk.makeDirectory(folders.next);
    const writer = new ChecksummedWriter(disk, folders.next);
    await writeCheckpointFiles(checkpoint, (name, content) => writer.write(name, content));
    await writer.seal();
    await disk.sync(folders.parent);
  } catch (error) {
    await disk.remove(folders.next).catch(() => {}); // what went wrong is what to tell
    throw notWritten(directory, error);
  }
  await replace(disk, folders, keepPrevious).catch((error) => {
    throw notWritten(directory, error);
  });
}

/** A directory cannot be renamed over another: the old one steps aside first. What is older goes before that. */
async function replace(disk: Disk, folders: CheckpointFolders, keepPrevious: boolean) {
  const { current, next, previous, parent } = folders;
  if (existsSync(current)) {
    await disk.remove(previous);
    await disk.move(current, previous);
    await disk.sync(parent); // or the next move might be kept, and this one not
  }
  await disk.move(next, current);
  await disk.sync(parent);
  if (!keepPrevious) await disk.remove(previous);
}

function notWritten(directory: string, error: unknown): UserError {
  const remedy = remedyOf(error) ?? 'see to that';
  return new UserError(
    `[fbsd] the checkpoint cannot be written to ${directory}: ${(error as Error).message}. The one before it, if there is one, is whole: ${remedy} and go on with --resume.`,
    { cause: error },
  );
}

/**
 * Finishes or undoes a checkpoint that a killed process left half written, see {@link saveCheckpoint}; puts the one
 * before in the place of a damaged one.
 */
export async function tidyCheckpoint(
  directory: string,
  { keepPrevious = false, disk = nodeDisk }: KeepOptions = {},
): Promise<void> {
  const folders = checkpointFolders(directory);
  const list = () => foldersWithCheckpoint(directory);
  if (list().length === 0) return disk.remove(folders.next);
  const good = await firstGood(list, verify).catch(() => null); // what cannot be read is left alone
  if (good) await putInPlace(disk, folders, good.folder, keepPrevious);
}

/** @throws UserError that names the file that is damaged */
async function verify(directory: string): Promise<void> {
  await verifyCheckpointFiles(await ChecksummedFolder.open(diskFolder(directory)));
}

/** Tells if {@link loadCheckpoint} would find something, damaged or not. */
export function hasCheckpoint(directory: string): boolean {
  return foldersWithCheckpoint(directory).length > 0;
}

/**
 * Reads a checkpoint that {@link saveCheckpoint} wrote, or, where it is damaged, the one that is beside it. The
 * caller owns the model and the velocities.
 *
 * @param warn is told of damage, and when damage could not be told
 * @throws UserError that names the file that is damaged, or the directory when there is none
 */
export async function loadCheckpoint(
  directory: string,
  warn: Say = warnAside,
): Promise<Checkpoint> {
  if (!hasCheckpoint(directory)) {
    throw new UserError(
      `[fbsd] no checkpoint in ${directory}: it holds no ${STATE}. Start without --resume.`,
    );
  }
  const { folder, value, failures } = await firstGood(() => foldersWithCheckpoint(directory), read);
  for (const { message } of failures) warn(message);
  const { checksummed, ...checkpoint } = value;
  const { step } = checkpoint.progress;
  if (failures.length > 0)
    warn(`[fbsd] taking the checkpoint in ${folder} instead, of step ${step}.`);
  if (!checksummed) {
    warn(
      `[fbsd] the checkpoint in ${folder} has no checksums, as those of earlier versions: whether it is damaged cannot be told.`,
    );
  }
  return checkpoint;
}

async function read(directory: string): Promise<Checkpoint & { checksummed: boolean }> {
  const folder = await ChecksummedFolder.open(diskFolder(directory));
  return { ...(await readCheckpointFiles(folder)), checksummed: folder.checksums !== null };
}

/** Disposes the velocities that {@link loadCheckpoint} returned. */
export function disposeVelocities(velocities: readonly NamedTensor[]): void {
  dispose(velocities.map(({ tensor }) => tensor));
}
