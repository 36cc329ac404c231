import { DATASETS } from '@fbsd/datasets';

/** How the person started this program, to tell them how to start it again: `fbsd train`, `npm run cub --`. */
export function trainCommand(environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_command: command, npm_lifecycle_event: script } = environment;
  if (command === 'exec') return 'npx @fbsd/cli train';
  if (command === 'run-script' && script === 'fbsd') return 'npm run fbsd -- train';
  if (command === 'run-script' && script && Object.hasOwn(DATASETS, script)) {
    return `npm run ${script} --`;
  }
  return 'fbsd train';
}
