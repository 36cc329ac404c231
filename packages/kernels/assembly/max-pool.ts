import { at } from './micro-kernel';

/**
 * Adds each window's gradient to its first maximum, row by row, for the images [first,last). A window
 * of NaN or −∞ alone has none.
 */
export function maxPoolGradient(
  x: usize,
  dy: usize,
  dx: usize,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  padTop: i32,
  padLeft: i32,
  first: i32,
  last: i32,
): void {
  const size = inHeight * inWidth * channels;
  memory.fill(at(dx, first * size), 0, (<usize>((last - first) * size)) << 2);
  for (let image = first; image < last; image++) {
    const base = image * size;
    for (let row = 0; row < outHeight; row++) {
      const top = max(0, row * strideHeight - padTop);
      const bottom = min(inHeight, row * strideHeight - padTop + windowHeight);
      for (let column = 0; column < outWidth; column++) {
        const left = max(0, column * strideWidth - padLeft);
        const right = min(inWidth, column * strideWidth - padLeft + windowWidth);
        const upstream = at(dy, ((image * outHeight + row) * outWidth + column) * channels);
        let c = 0;
        for (; c + 4 <= channels; c += 4) {
          let largest = f32x4.splat(-Infinity);
          let winner = i32x4.splat(-1);
          for (let h = top; h < bottom; h++) {
            for (let w = left; w < right; w++) {
              const i = base + (h * inWidth + w) * channels + c;
              const value = v128.load(at(x, i));
              const larger = f32x4.gt(value, largest);
              largest = v128.bitselect(value, largest, larger);
              winner = v128.bitselect(i32x4.splat(i), winner, larger);
            }
          }
          const g = v128.load(at(upstream, c));
          addTo(dx, i32x4.extract_lane(winner, 0), 0, f32x4.extract_lane(g, 0));
          addTo(dx, i32x4.extract_lane(winner, 1), 1, f32x4.extract_lane(g, 1));
          addTo(dx, i32x4.extract_lane(winner, 2), 2, f32x4.extract_lane(g, 2));
          addTo(dx, i32x4.extract_lane(winner, 3), 3, f32x4.extract_lane(g, 3));
        }
        for (; c < channels; c++) {
          let largest: f32 = -Infinity;
          let winner = -1;
          for (let h = top; h < bottom; h++) {
            for (let w = left; w < right; w++) {
              const i = base + (h * inWidth + w) * channels + c;
              const value = load<f32>(at(x, i));
              if (value > largest) {
                largest = value;
                winner = i;
              }
            }
          }
          addTo(dx, winner, 0, load<f32>(at(upstream, c)));
        }
      }
    }
  }
}

function addTo(dx: usize, winner: i32, lane: i32, gradient: f32): void {
  if (winner < 0) return;
  const to = at(dx, winner + lane);
  store<f32>(to, load<f32>(to) + gradient);
}
