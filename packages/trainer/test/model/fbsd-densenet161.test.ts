import { describeGolden } from './network-golden.ts';

describeGolden('densenet161', 'native');
