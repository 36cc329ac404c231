import { diversify } from '@fbsd/fdm';
import { checkGradients, describeBackends } from '@fbsd/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  added,
  expectAll,
  floored,
  golden,
  gradients,
  LOUD,
  maps,
  nhwc,
  PAIRS,
  row,
  SHAPES,
  TRIPLE,
} from './maps.ts';
import { contributions } from './reference.ts';

describeBackends('gradient of diversify', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test.each(PAIRS)('equals the golden %s', (name, batch, channels, one, two) => {
    const entry = golden(name);
    const both = (kind: string) => [
      nhwc(`${name}.${kind}1`, batch, channels, one),
      nhwc(`${name}.${kind}2`, batch, channels, two),
    ];
    const expected = [entry('grad_fm1', LOUD / 0.001), entry('grad_fm2', LOUD / 0.001)];
    expectAll(gradients(added, both('fm'), row(both('grad'))), expected);
  });
  test('equals the golden fdm_triple, with the default options', () => {
    const entry = golden('fdm_triple');
    const all = (kind: string) =>
      TRIPLE.map(([i, size]) => nhwc(`fdm_triple.${kind}${i}`, 2, 16, size));
    const dy = all('grad');
    const expected = TRIPLE.map(([i]) => entry(`grad_fm${i}`));
    const actual = gradients(diversify, all('fm'), row(dy));
    expectAll(actual, expected, { rtol: 1e-6 });
    // And without the identity's part, to its rounding: an op that adds nothing fails here.
    const less = (list: tf.Tensor[]) => list.map((x, i) => tf.sub(x, dy[i] as tf.Tensor));
    expectAll(less(actual), less(expected), { atol: 2e-7 });
  });
  test('passes finite differences', () => {
    const inputs = maps('differences', [
      [2, 2, 3, 4],
      [2, 1, 3, 4],
      [2, 1, 2, 4],
    ]);
    checkGradients((...xs) => row(added(xs, { scale: 1 })), inputs);
  });
  test('equals that of the softmax of the paper', () => {
    const inputs = maps('paper');
    const dy = row(maps('paper.dy'));
    const expected = gradients((xs) => contributions(xs, LOUD), inputs, dy);
    expectAll(gradients(added, inputs, dy), expected);
  });
  test('reaches the maps whose own output is not used', () => {
    const inputs = maps('unused');
    const dy = row(maps('unused.dy').slice(0, 1));
    const expected = gradients((xs) => contributions(xs, LOUD).slice(0, 1), inputs, dy);
    expectAll(
      gradients((xs) => added(xs).slice(0, 1), inputs, dy),
      expected,
    );
  });
  test('a position of zeros and one below the floor of the norm get theirs', () => {
    const inputs = floored();
    const dy = row(maps('floored.dy', SHAPES));
    const expected = gradients((xs) => contributions(xs, LOUD), inputs, dy);
    // One position at a time: at the two in question the gradient is 1e12 times that of the others.
    const positions = (list: tf.Tensor[]) =>
      list.flatMap((x) => tf.unstack(tf.reshape(x, [-1, 5])));
    expectAll(positions(gradients(added, inputs, dy)), positions(expected));
  });
});
