import { UserError } from '@fbsd/trainer';
import { follow } from './follow.ts';
import { launchOf } from './launcher.ts';
import { dismiss } from './plan.ts';
import { meetProcesses } from './processes.ts';

/** The command that several processes run together. */
const COMMAND = 'train';

/**
 * Runs a command, or, in all but the first of several processes, follows the one that does.
 *
 * @returns the exit code
 * @throws UserError for a command that processes cannot share
 */
export async function together(name: string, command: () => Promise<number>): Promise<number> {
  const launch = launchOf();
  if (launch === null) return command();
  if (name !== COMMAND) {
    throw new UserError(
      `[fbsd] ${launch.launcher} started ${launch.processes} processes, but ${COMMAND} alone is a command for several. Run fbsd ${name} without ${launch.launcher}.`,
    );
  }
  const processes = await meetProcesses(launch);
  if (processes === null) return command();
  const code = processes.rank === 0 ? await command() : await follow(processes);
  if (processes.rank === 0) dismiss(processes);
  processes.end(); // whatever the exit code, it is no failure that would have to end the others
  return code;
}
