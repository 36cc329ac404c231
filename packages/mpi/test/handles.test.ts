import { implementationOf } from '../src/handles.ts';

test.each([
  ['Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, May 26, 2022', false, 'Open MPI'],
  ['Open MPI v5.0.6, package: Open MPI root@build Distribution', false, 'Open MPI'],
  ['MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022', false, 'MPICH'],
  ['MPICH Version:      5.0.0', true, 'MPI-5 ABI'],
  ['Intel(R) MPI Library 2021.14 for Linux* OS', false, 'MPICH'],
  ['MVAPICH Version      :     4.0', false, 'MPICH'],
  ['Microsoft MPI 10.1.12498.16', false, null],
])('tells %j apart', (version, standard, implementation) => {
  expect(implementationOf(version, standard)).toBe(implementation);
});
