import { testSumOfAll } from '../../support/sum-cases.ts';
import { describeWebGPU } from '../../support/webgpu.ts';

describeWebGPU('sumOfAll', testSumOfAll);
