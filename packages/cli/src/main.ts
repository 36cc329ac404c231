import { endWithReader } from './display/closed-output.ts';
import { runCommand } from './run-command.ts';

endWithReader();
process.exitCode = await runCommand(process.argv.slice(2));
