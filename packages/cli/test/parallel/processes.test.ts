import { closeSync, openSync } from 'node:fs';
import { takeGpu, threadsOf } from '../../src/parallel/devices.ts';
import { launchOf } from '../../src/parallel/launcher.ts';
import { checkSamples, digestOf } from '../../src/parallel/plan.ts';
import { meetProcesses } from '../../src/parallel/processes.ts';

describe('launchers', () => {
  test.each([
    [
      { OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '1' },
      { processes: 4, launcher: 'mpirun' },
    ],
    [
      { PMI_SIZE: '2', PMI_RANK: '0' },
      { processes: 2, launcher: 'mpirun' },
    ],
    [
      { SLURM_STEP_NUM_TASKS: '8', PMIX_RANK: '3' },
      { processes: 8, launcher: 'srun' },
    ],
    [{ OMPI_COMM_WORLD_SIZE: '1' }, null], // one process needs nothing
    [{ SLURM_NTASKS: '8' }, null], // a job's own script, which no srun has started
    [{}, null],
  ])('are told by %j', (environment, launch) => {
    expect(launchOf(environment as NodeJS.ProcessEnv)).toEqual(launch);
  });

  test('need the library that they belong to', async () => {
    const before = process.env['FBSD_MPI_LIBRARY'];
    process.env['FBSD_MPI_LIBRARY'] = '/no/libmpi.so';
    try {
      await expect(meetProcesses({ processes: 2, launcher: 'mpirun' })).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringContaining('cannot load /no/libmpi.so'),
      });
    } finally {
      if (before === undefined) delete process.env['FBSD_MPI_LIBRARY'];
      else process.env['FBSD_MPI_LIBRARY'] = before;
    }
  });
});

test('say so where npx has closed the connection to the launcher', async () => {
  const file = openSync('/dev/null', 'r');
  try {
    for (const PMI_FD of [String(file), '4567']) {
      const met = meetProcesses({ processes: 2, launcher: 'mpirun' }, { PMI_FD });
      await expect(met).rejects.toThrow(
        'the connection to the launcher is closed, which npx does. Start the program itself: node_modules/.bin/fbsd',
      );
    }
  } finally {
    closeSync(file);
  }
});

describe('devices', () => {
  const taken = (localRank: number, environment: NodeJS.ProcessEnv, devices: string[] = []) => {
    takeGpu({ localRank, localSize: 4 }, environment, () => devices);
    return environment['CUDA_VISIBLE_DEVICES'];
  };

  test('are one GPU for each process on a machine', () => {
    const devices = ['null', 'nvidia0', 'nvidia1', 'nvidiactl'];
    expect([0, 1, 2].map((rank) => taken(rank, {}, devices))).toEqual(['0', '1', '0']);
    expect(taken(1, { CUDA_VISIBLE_DEVICES: '2,5' })).toBe('5');
    expect(taken(1, { CUDA_VISIBLE_DEVICES: 'GPU-7a' })).toBe('GPU-7a'); // the scheduler's choice
    expect(taken(1, {})).toBeUndefined();
  });

  test('are a share of the CPUs, of those that the launcher allows', () => {
    expect(threadsOf({ localSize: 4 }, 16, 16)).toBe(4);
    expect(threadsOf({ localSize: 4 }, 16, 1)).toBe(1);
    expect(threadsOf({ localSize: 4 }, 2, 2)).toBe(1);
  });
});

test('refuses other data than that of process 0', () => {
  const sample = { id: 1, path: '/data/a.jpg', file: 'a.jpg', label: 0 };
  const names = { name: 'x', root: '/data', partNames: [], warnings: [], test: [] };
  const dataset = { ...names, classNames: ['a'], train: [sample] };
  const plan = { samples: digestOf(dataset) } as Parameters<typeof checkSamples>[1];
  checkSamples({ ...dataset, train: [{ ...sample, path: '/elsewhere/a.jpg' }] }, plan);
  const other = { ...dataset, train: [{ ...sample, file: 'b.jpg' }] };
  expect(() => checkSamples(other, plan)).toThrow('is not that of process 0');
});
