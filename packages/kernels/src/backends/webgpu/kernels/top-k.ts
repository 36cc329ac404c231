import { util } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../define-kernels.ts';
import { output, run } from '../runtime/program.ts';

const CHANNELS = 16;
/** Bytes of workgroup memory that every adapter has, less some that a driver may take. */
const WORKGROUP_BYTES = 15360;

/**
 * FbsdTopKMean, of @fbsd/topk-pool: x [B,…,C] → y [B,C], the mean of the k largest of each channel,
 * and the positions of these, int32 [B,k,C], best first; of equal values the first ones.
 *
 * A workgroup takes 16 channels of an image and cuts the positions into up to 16 pieces, each searched by
 * a thread; the pieces' best are put together in order, so that the first of equal values wins.
 */
export const topKMean = fusedKernel('FbsdTopKMean', (backend, { x }, { k }) => {
  const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  const positions = util.sizeFromShape([...x.shape.slice(1, -1)]);
  const y = output(backend, [batch, channels]);
  const indices = output(backend, [batch, k, channels], 'int32');
  const pieces = Math.max(1, Math.min(16, Math.floor(WORKGROUP_BYTES / (CHANNELS * k * 8))));
  run(backend, {
    name: 'FbsdTopKMean',
    variant: `${k} ${pieces}`,
    reads: { x },
    writes: { y, indices },
    integers: { positions, channels, piece: Math.ceil(positions / pieces) },
    workgroups: [Math.ceil(channels / CHANNELS), batch, 1],
    code: () => (pieces > 1 ? severalPieces(k, pieces) : onePiece(k)),
  });
  return [y, indices];
});

/** A list of the k largest values, best first; −1 stands for a place that is free. */
const list = (k: number) => `
var<private> values: array<f32, ${k}>;
var<private> places: array<i32, ${k}>;
fn insert(given: f32, position: i32) {
  if (places[${k - 1}] >= 0 && !(given > values[${k - 1}])) { return; }
  var value = given;
  var place = position;
  var moves = false; // from the first one that is smaller on, each moves one down
  for (var j = 0; j < ${k}; j++) {
    moves = moves || places[j] < 0 || value > values[j];
    if (moves) {
      let before = values[j];
      let placeBefore = places[j];
      values[j] = value;
      places[j] = place;
      value = before;
      place = placeBefore;
      if (place < 0) { return; }
    }
  }
}
fn search(image: i32, c: i32, first: i32, last: i32) {
  for (var j = 0; j < ${k}; j++) { places[j] = -1; }
  for (var s = first; s < last; s++) { insert(x[(image * u.positions + s) * u.channels + c], s); }
}
fn write(image: i32, c: i32) {
  var sum = 0.0;
  for (var j = 0; j < ${k}; j++) {
    sum += values[j];
    indices[(image * ${k} + j) * u.channels + c] = places[j];
  }
  y[image * u.channels + c] = sum / ${k}.0;
}`;

const severalPieces = (k: number, pieces: number) => `
${list(k)}
var<workgroup> bestValues: array<f32, ${pieces * k * CHANNELS}>;
var<workgroup> bestPlaces: array<i32, ${pieces * k * CHANNELS}>;
@compute @workgroup_size(${CHANNELS}, ${pieces})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let image = i32(group.y);
  let lane = i32(local.x);
  let piece = i32(local.y);
  let c = i32(group.x) * ${CHANNELS} + lane;
  if (c < u.channels) {
    search(image, c, piece * u.piece, min((piece + 1) * u.piece, u.positions));
    for (var j = 0; j < ${k}; j++) {
      bestValues[(piece * ${k} + j) * ${CHANNELS} + lane] = values[j];
      bestPlaces[(piece * ${k} + j) * ${CHANNELS} + lane] = places[j];
    }
  }
  workgroupBarrier();
  if (piece > 0 || c >= u.channels) { return; }
  for (var other = ${k}; other < ${pieces * k}; other++) { // the first ${k} are its own
    let place = bestPlaces[other * ${CHANNELS} + lane];
    if (place >= 0) { insert(bestValues[other * ${CHANNELS} + lane], place); }
  }
  write(image, c);
}`;

const onePiece = (k: number) => `
${list(k)}
@compute @workgroup_size(${CHANNELS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let c = i32(group.x) * ${CHANNELS} + i32(local.x);
  if (c >= u.channels) { return; }
  search(i32(group.y), c, 0, u.positions);
  write(i32(group.y), c);
}`;

/** FbsdTopKMeanGradient: dy/k at these positions, zero elsewhere; dx has the attribute `shape`. */
export const topKMeanGradient = fusedKernel(
  'FbsdTopKMeanGradient',
  (backend, { dy, indices }, { shape }) => {
    const [, k, channels] = indices.shape;
    const positions = util.sizeFromShape(shape.slice(1, -1));
    const dx = output(backend, shape);
    const values = util.sizeFromShape(shape);
    run(backend, {
      name: 'FbsdTopKMeanGradient',
      reads: { dy, indices },
      writes: { dx },
      integers: { values, positions, channels, k },
      workgroups: [Math.min(65535, Math.ceil(values / 256)), 1, 1],
      code: () => `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  for (var i = i32(id.x); i < u.values; i += i32(groups.x) * 256) {
    let line = i / u.channels;
    let c = i - line * u.channels;
    let image = line / u.positions;
    let position = line - image * u.positions;
    var value = 0.0;
    for (var j = 0; j < u.k; j++) {
      if (indices[(image * u.k + j) * u.channels + c] == position) {
        value = dy[image * u.channels + c] / f32(u.k);
      }
    }
    dx[i] = value;
  }
}`,
    });
    return [dx];
  },
);
