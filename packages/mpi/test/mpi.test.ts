import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeMpi } from '@fbsd/testing/mpi';

const program = (name: string) => fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));

interface Found {
  rank: number;
  [what: string]: unknown;
}

/** The lines of JSON of all processes, by rank. */
function found(output: string): Found[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Found).sort((a, b) => a.rank - b.rank);
}

describeMpi('processes', ({ name, run }) => {
  test.each([2, 3])('add up and hand out: %i of them', async (size) => {
    const { code, output } = await run(size, program('collectives'));
    expect(output).toMatch(/^\{/m);
    expect(code).toBe(0);
    const all = found(output);
    const sum = (size * (size + 1)) / 2;
    expect(all).toEqual(
      Array.from({ length: size }, (_, rank) => ({
        rank,
        size,
        localRank: rank,
        localSize: size,
        last: 999 * sum,
        inHeap: [sum, sum, sum],
        background: [sum, sum, null, sum], // of no value there is no first
        several: [true, sum, size, sum - size],
        sums: all[0]?.['sums'], // bit by bit
        bytes: [size - 1, 10 * (size - 1), 100],
        same: true,
        memoryEvents: 'no', // which UCX reads as it is loaded
      })),
    );
  });

  test('leave together', async () => {
    const { output } = await run(2, program('goodbye'));
    const [first, second] = found(output);
    expect(second?.['after']).toBeGreaterThanOrEqual(first?.['before'] as number);
  });

  test.each(['exception', 'exit', 'kill', 'kill in the middle'])(
    'end together after one ended by %s',
    async (way) => {
      const { code, output } = await run(3, program('failure'), [way, '1']);
      expect(code).not.toBe(0);
      expect(output).not.toContain('nobody');
      if (way === 'exception') expect(output).toContain('process 1: Error: a bird too many');
      if (way === 'exit') expect(output).toContain('process 1 ends with code 7, and all others');
      if (/kill/.test(way) && name === 'Open MPI') expect(output).toMatch(/rank 1 .*signal 9/s);
    },
  );
});

test('is the only process where no launcher started it', () => {
  const outcome = tryAlone({});
  if (outcome.startsWith('{')) expect(JSON.parse(outcome)).toMatchObject({ rank: 0, size: 1 });
  else expect(outcome).toContain('apt-get install openmpi-bin, or mpich');
});

test('says what to give where a library is not one', () => {
  expect(tryAlone({ FBSD_MPI_LIBRARY: '/no/libmpi.so' })).toMatch(
    /MpiError: \[@fbsd\/mpi\] startMpi: cannot load \/no\/libmpi\.so: .*libmpi\.so or libmpich\.so/,
  );
});

function tryAlone(environment: object): string {
  try {
    const env = { ...process.env, ...environment };
    return execFileSync(process.execPath, [program('collectives')], {
      env,
      stdio: 'pipe',
    }).toString();
  } catch (error) {
    return (error as { stderr: Buffer }).stderr.toString();
  }
}
