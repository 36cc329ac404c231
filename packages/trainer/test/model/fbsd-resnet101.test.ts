import { describeGolden } from './network-golden.ts';

describeGolden('resnet101', 'native');
