import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./pytorch_fbsd.py', import.meta.url));

const ADVICE = `To get it:
  python3 -m venv ~/pytorch
  ~/pytorch/bin/pip install torch numpy
  npm run bench -- --python ~/pytorch/bin/python`;

/**
 * Looks for PyTorch.
 *
 * @param {string | null} asked the user's --python, or null
 * @param {'cpu' | 'cuda'} [device] that it must have
 * @returns {{python: string, version: string} | {missing: string}} where it is, or why it is not used
 * @throws {Error} when it is not where the user says that it is
 */
export function findPyTorch(asked, device = 'cpu') {
  const python = asked ?? 'python3';
  const { status, stdout, stderr, error } = spawnSync(
    python,
    ['-c', `import torch; torch.zeros(1, device='${device}'); print(torch.__version__)`],
    { encoding: 'utf8' },
  );
  if (status === 0) return { python, version: stdout.trim() };
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  const missing = `${python} has no PyTorch${device === 'cuda' ? ' with CUDA' : ''} (${reason}).`;
  if (asked !== null) throw new Error(`--python: ${missing}\n${ADVICE}`);
  return { missing: `${missing} Measuring ours only. ${ADVICE}` };
}

/**
 * Arguments that make a Python run the PyTorch side.
 *
 * @param {...string} args see pytorch_fbsd.py
 */
export function pytorchArguments(...args) {
  return [PROGRAM, ...args];
}
