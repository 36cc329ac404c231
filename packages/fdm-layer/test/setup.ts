import { env } from '@tensorflow/tfjs-core';
import '@fbsd/testing';

// IS_TEST makes tfjs count every tensor that a custom gradient saves as a leak; PROD is as quiet.
env().set('IS_TEST', false);
env().set('PROD', true);
