import { trainCommand } from '../settings/program-name.ts';

/**
 * The command that the person typed to train, to be typed again; undefined when this process trains for another
 * program.
 *
 * @param argv as `process.argv`
 */
export function commandTyped(
  argv: readonly string[] = process.argv,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const [, , command, ...args] = argv;
  if (command !== 'train') return undefined;
  const program = trainCommand(environment);
  // `npm run cub` names its data set by itself.
  const named = args[0] === '--dataset' && program === `npm run ${args[1]} --`;
  const shown = named ? args.slice(2) : args;
  return [
    named && shown.length === 0 ? program.replace(/ --$/, '') : program,
    ...shown.map(quoted),
  ].join(' ');
}

/** As a shell takes it, when it has anything that a shell would not leave as it is. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
