import { trainCommand } from '../../src/settings/program-name.ts';

test.each([
  [{}, 'fbsd train'],
  [{ npm_command: 'exec', npm_lifecycle_event: 'npx' }, 'npx @fbsd/cli train'],
  [{ npm_command: 'run-script', npm_lifecycle_event: 'cub' }, 'npm run cub --'],
  [{ npm_command: 'run-script', npm_lifecycle_event: 'cub-hard' }, 'npm run cub-hard --'],
  [{ npm_command: 'run-script', npm_lifecycle_event: 'fbsd' }, 'npm run fbsd -- train'],
  [{ npm_command: 'run-script', npm_lifecycle_event: 'test' }, 'fbsd train'],
  [{ npm_command: 'run', npm_lifecycle_event: 'cub' }, 'npm run cub --'],
  [{ npm_command: 'run', npm_lifecycle_event: 'fbsd' }, 'npm run fbsd -- train'],
])('%j was started as %s', (environment, expected) => {
  expect(trainCommand(environment)).toBe(expected);
});
