import { remedyOf } from '@fbsd/datasets';
import { WasmMemoryError } from '@fbsd/kernels';
import { GPULostError, GPUMemoryError } from '@fbsd/kernels/node';
import { DivergenceError, UserError } from '@fbsd/trainer';
import { trainCommand } from '../settings/program-name.ts';

/** The command that goes on with a run. */
export function resumeCommand(directory: string): string {
  return `${trainCommand()} --resume --out ${directory}`;
}

/** Adds advice for the command line to an error that ended a run in a folder. */
export function withAdvice(error: unknown, directory: string): unknown {
  if (error instanceof DivergenceError) {
    const { finding, checkpointStep } = error;
    const advice =
      checkpointStep === null
        ? 'Nothing is kept that it could go on from. Start anew with a smaller --learning-rate.'
        : `The checkpoint of step ${checkpointStep} is kept. Go on from it with a smaller --learning-rate: ${trainCommand()} --from ${directory} --learning-rate …`;
    return new UserError(`[fbsd] train: ${finding}. ${advice}`, { cause: error });
  }
  if (error instanceof GPULostError) {
    const advice = `Go on from the last checkpoint with ${resumeCommand(directory)}`;
    return new UserError(`${error.message} ${advice}`, { cause: error });
  }
  if (error instanceof GPUMemoryError || error instanceof WasmMemoryError) {
    const advice = 'A smaller --batch-size with --accumulate takes less.';
    return new UserError(`${error.message} ${advice}`, { cause: error });
  }
  const remedy = remedyOf(error);
  if (remedy !== null) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : 'the disk refuses';
    return new UserError(
      `[fbsd] ${what} (${message}). The last checkpoint, if there is one, is whole: ${remedy}, then go on with ${resumeCommand(directory)}`,
      { cause: error },
    );
  }
  return error;
}
