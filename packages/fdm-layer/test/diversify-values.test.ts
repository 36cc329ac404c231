import { diversify } from '@fbsd/fdm';
import { describeBackends } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  added,
  expectAll,
  floored,
  golden,
  LOUD,
  maps,
  nhwc,
  PAIRS,
  SHAPES,
  TRIPLE,
} from './maps.ts';
import { contributions } from './reference.ts';

const EXACT = { rtol: 0, atol: 0 };

describeBackends('diversify', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  describe('shape', () => {
    test('maps come out in their shapes', () => {
      expect(diversify(maps('shape')).map(({ shape }) => shape)).toEqual(SHAPES);
    });
    test('positions × channels are the same maps as height × width × channels', () => {
      const [a, b] = maps('rank') as [tf.Tensor, tf.Tensor];
      const [za, zb] = diversify([a, tf.reshape(b, [2, 6, 5])]) as [tf.Tensor, tf.Tensor];
      expect(zb.shape).toEqual([2, 6, 5]);
      expectAll([za, tf.reshape(zb, b.shape)], diversify([a, b]), EXACT);
    });
  });

  describe('values', () => {
    // The goldens hold what one map gives to the other, already times the published 0.001.
    test.each(PAIRS)('both directions equal the golden %s', (name, batch, channels, one, two) => {
      const entry = golden(name);
      const fm1 = nhwc(`${name}.fm1`, batch, channels, one);
      const fm2 = nhwc(`${name}.fm2`, batch, channels, two);
      const expected = [entry('from2_into1', LOUD / 0.001), entry('from1_into2', LOUD / 0.001)];
      expectAll(added([fm1, fm2]), expected);
    });
    test('three maps equal the golden fdm_triple, with the default options', () => {
      const entry = golden('fdm_triple');
      const inputs = TRIPLE.map(([i, size]) => nhwc(`fdm_triple.fm${i}`, 2, 16, size));
      const expected = TRIPLE.map(([i]) => entry(`out${i}`));
      expectAll(diversify(inputs), expected, { rtol: 1e-6 });
      // And what was added alone, to the rounding of the map: an op that adds nothing fails here.
      const difference = expected.map((z, i) => tf.sub(z, inputs[i] as tf.Tensor));
      expectAll(added(inputs, {}), difference, { atol: 2e-7 });
    });
    test('equal the softmax of the paper', () => {
      const inputs = maps('paper');
      expectAll(added(inputs, { gamma: 0.5, scale: LOUD }), contributions(inputs, 0.5 * LOUD));
    });
    test('the published factor and weight are the defaults', () => {
      const inputs = maps('defaults');
      expectAll(diversify(inputs), diversify(inputs, { gamma: 1, scale: 0.001 }), EXACT);
    });
    test('gamma 0 is the identity', () => {
      const inputs = maps('identity');
      expectAll(diversify(inputs, { gamma: 0 }), inputs, EXACT);
    });
    test('permuting the maps permutes the outputs', () => {
      const inputs = maps('permuted');
      const permute = (list: tf.Tensor[]) => [2, 0, 1].map((i) => list[i] as tf.Tensor);
      expectAll(added(permute(inputs)), permute(added(inputs)), { rtol: 1e-5 });
    });
    test('one map twice gives two equal maps', () => {
      const [map] = maps('twice') as [tf.Tensor];
      expectAll(added([map, map]), contributions([map, map], LOUD));
    });
    test('a position of zeros and one below the floor of the norm count as they should', () => {
      const inputs = floored();
      expectAll(added(inputs), contributions(inputs, LOUD));
    });
    test('images do not mix', () => {
      const inputs = maps('images');
      const second = (list: tf.Tensor[]) => list.map((x) => tf.slice(x, [1], [1]));
      expectAll(added(second(inputs)), second(added(inputs)), { rtol: 1e-5 });
    });
  });
});
