import { DATASETS } from '@fbsd/datasets';

/** How the person started this program, to tell them how to start it again: `fbsd train`, `npm run cub --`. */
export function trainCommand(environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_command: command, npm_lifecycle_event: script } = environment;
  if (command === 'exec') return 'npx @fbsd/cli train';
  if (!isNpmRun(environment)) return 'fbsd train';
  if (script === 'fbsd') return 'npm run fbsd -- train';
  if (script && Object.hasOwn(DATASETS, script)) {
    return `npm run ${script} --`;
  }
  return 'fbsd train';
}

/** True for what `npm run` started; versions of npm differ in what they call it. */
export function isNpmRun({ npm_command: command }: NodeJS.ProcessEnv): boolean {
  return command === 'run-script' || command === 'run';
}
