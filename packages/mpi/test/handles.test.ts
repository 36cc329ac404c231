import { implementationOf } from '../src/handles.ts';
import { libraryNames } from '../src/library.ts';

test.each([
  ['Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, May 26, 2022', false, 'Open MPI'],
  ['Open MPI v5.0.6, package: Open MPI root@build Distribution', false, 'Open MPI'],
  ['MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022', false, 'MPICH'],
  ['MPICH Version:      5.0.2', true, 'MPI-5 ABI'],
  ['Open MPI v6.0.0rc2, package: Debian OpenMPI', true, 'MPI-5 ABI'],
  ['Intel(R) MPI Library 2021.14 for Linux* OS', false, 'MPICH'],
  ['MVAPICH Version      :     4.0', false, 'MPICH'],
  ['Microsoft MPI 10.1.12498.16', false, null],
])('tells %j apart', (version, standard, implementation) => {
  expect(implementationOf(version, standard)).toBe(implementation);
});

test('looks for the library of the launcher first', () => {
  const versions = (environment: Record<string, string>) => [
    ...new Set(libraryNames(environment).map((name) => /abi|40|12/.exec(name)?.[0])),
  ];
  expect(versions({ PMI_RANK: '0' })).toEqual(['12', 'abi', '40']); // MPICH's mpirun
  expect(versions({ PMIX_RANK: '0' })).toEqual(['40', 'abi', '12']);
  expect(versions({})).toEqual(['40', 'abi', '12']);
});
