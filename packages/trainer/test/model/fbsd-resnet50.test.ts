import { describeGolden } from './network-golden.ts';

describeGolden('resnet50', 'wasm');
