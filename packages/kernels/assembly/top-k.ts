import { at } from './micro-kernel';

/** Values and places of the k largest of four channels. */
export function topKMeanScratchBytes(k: i32): usize {
  return (<usize>k) << 5;
}

/**
 * y[b,c] = mean of the k largest x[b,·,c], and the positions of these, best first. Of equal values
 * the first ones are taken.
 *
 * @param x [·,positions,channels]
 * @param indices [·,k,channels]
 * @param first image
 * @param scratch {@link topKMeanScratchBytes}
 */
export function topKMean(
  x: usize,
  positions: i32,
  channels: i32,
  k: i32,
  y: usize,
  indices: usize,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const share = f32x4.splat(<f32>1 / <f32>k);
  const places = scratch + ((<usize>k) << 4);
  for (let b = first; b < last; b++) {
    for (let c = 0; c < channels; c += 4) {
      const lanes = min(4, channels - c);
      select(at(x, b * positions * channels + c), positions, channels, lanes, k, scratch, places);
      let sum = f32x4.splat(0);
      for (let j = 0; j < k; j++) {
        sum = f32x4.add(sum, v128.load(scratch + ((<usize>j) << 4)));
        const place = v128.load(places + ((<usize>j) << 4));
        storeLanes(at(indices, (b * k + j) * channels + c), place, lanes);
      }
      storeLanes(at(y, b * channels + c), f32x4.mul(sum, share), lanes);
    }
  }
}

/** The k largest of four channels, best first, and their positions. */
function select(
  x: usize,
  positions: i32,
  channels: i32,
  lanes: i32,
  k: i32,
  values: usize,
  places: usize,
): void {
  const worst = values + ((<usize>(k - 1)) << 4);
  for (let s = 0; s < positions; s++) {
    let value = loadLanes(x, lanes);
    x = at(x, channels);
    if (s >= k && !v128.any_true(f32x4.gt(value, v128.load(worst)))) continue;
    let place = i32x4.splat(s);
    // From the first one that is smaller on, each moves one down, lane by lane.
    let moves = i32x4.splat(0);
    for (let j = 0; j < min(s, k); j++) {
      const to = values + ((<usize>j) << 4);
      const toPlace = places + ((<usize>j) << 4);
      const before = v128.load(to);
      const placeBefore = v128.load(toPlace);
      moves = v128.or(moves, f32x4.gt(value, before));
      v128.store(to, v128.bitselect(value, before, moves));
      v128.store(toPlace, v128.bitselect(place, placeBefore, moves));
      value = v128.bitselect(before, value, moves);
      place = v128.bitselect(placeBefore, place, moves);
    }
    if (s < k) {
      v128.store(values + ((<usize>s) << 4), value);
      v128.store(places + ((<usize>s) << 4), place);
    }
  }
}

/** dx[b,indices[b,j,c],c] = dy[b,c]/k, else 0, for the images [first,last). */
export function topKMeanGradient(
  dy: usize,
  indices: usize,
  positions: i32,
  channels: i32,
  k: i32,
  dx: usize,
  first: i32,
  last: i32,
): void {
  const size = positions * channels;
  memory.fill(at(dx, first * size), 0, (<usize>((last - first) * size)) << 2);
  for (let b = first; b < last; b++) {
    for (let j = 0; j < k; j++) {
      for (let c = 0; c < channels; c++) {
        const place = load<i32>(at(indices, (b * k + j) * channels + c));
        const share = load<f32>(at(dy, b * channels + c)) / <f32>k;
        store<f32>(at(dx, b * size + place * channels + c), share);
      }
    }
  }
}

function loadLanes(from: usize, lanes: i32): v128 {
  if (lanes === 4) return v128.load(from);
  let x = v128.load32_zero(from);
  if (lanes > 1) x = f32x4.replace_lane(x, 1, load<f32>(at(from, 1)));
  if (lanes > 2) x = f32x4.replace_lane(x, 2, load<f32>(at(from, 2)));
  return x;
}

function storeLanes(to: usize, x: v128, lanes: i32): void {
  if (lanes === 4) {
    v128.store(to, x);
    return;
  }
  v128.store_lane<i32>(to, x, 0);
  if (lanes > 1) v128.store_lane<i32>(at(to, 1), x, 1);
  if (lanes > 2) v128.store_lane<i32>(at(to, 2), x, 2);
}
