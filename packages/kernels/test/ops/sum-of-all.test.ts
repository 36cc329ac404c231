import { describeBackends } from '@fbsd/testing';
import { testSumOfAll } from '../support/sum-cases.ts';

describeBackends('sumOfAll', testSumOfAll);
