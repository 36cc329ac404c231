import { at } from './micro-kernel';

/** A depthwise convolution, as 32-bit integers in this order. */
@unmanaged
class Depthwise {
  batch: i32 = 0;
  inHeight: i32 = 0;
  inWidth: i32 = 0;
  inChannels: i32 = 0;
  outHeight: i32 = 0;
  outWidth: i32 = 0;
  outChannels: i32 = 0;
  kernelHeight: i32 = 0;
  kernelWidth: i32 = 0;
  strideHeight: i32 = 0;
  strideWidth: i32 = 0;
  padTop: i32 = 0;
  padLeft: i32 = 0;
  dilationHeight: i32 = 0;
  dilationWidth: i32 = 0;
}

/** Bytes of a {@link Depthwise}. */
export function depthwiseBytes(): usize {
  return offsetof<Depthwise>();
}

/** dx[…,c] += dy[…,c·m + q]·filter[a,b,c,q] over all outputs and taps; m = outChannels/inChannels. */
export function depthwiseInputGradient(geometry: usize, dy: usize, filter: usize, dx: usize): void {
  const g = changetype<Depthwise>(geometry);
  memory.fill(dx, 0, (<usize>(g.batch * g.inHeight * g.inWidth * g.inChannels)) << 2);
  visit(g, dx, dy, filter, false);
}

/** dw[a,b,c,q] += x[…,c]·dy[…,c·m + q] over all outputs; m = outChannels/inChannels. */
export function depthwiseFilterGradient(geometry: usize, x: usize, dy: usize, dw: usize): void {
  const g = changetype<Depthwise>(geometry);
  memory.fill(dw, 0, (<usize>(g.kernelHeight * g.kernelWidth * g.outChannels)) << 2);
  visit(g, x, dy, dw, true);
}

/** Goes through every (input pixel, output pixel, tap) that the convolution connects. */
function visit(g: Depthwise, x: usize, dy: usize, filter: usize, forFilter: bool): void {
  for (let image = 0; image < g.batch; image++) {
    for (let row = 0; row < g.outHeight; row++) {
      for (let column = 0; column < g.outWidth; column++) {
        const output = ((image * g.outHeight + row) * g.outWidth + column) * g.outChannels;
        for (let a = 0; a < g.kernelHeight; a++) {
          const h = row * g.strideHeight - g.padTop + a * g.dilationHeight;
          if (<u32>h >= <u32>g.inHeight) continue;
          for (let b = 0; b < g.kernelWidth; b++) {
            const w = column * g.strideWidth - g.padLeft + b * g.dilationWidth;
            if (<u32>w >= <u32>g.inWidth) continue;
            const pixel = at(x, ((image * g.inHeight + h) * g.inWidth + w) * g.inChannels);
            const tap = at(filter, (a * g.kernelWidth + b) * g.outChannels);
            connect(g, pixel, at(dy, output), tap, forFilter);
          }
        }
      }
    }
  }
}

function connect(g: Depthwise, pixel: usize, output: usize, tap: usize, forFilter: bool): void {
  if (g.inChannels === g.outChannels) {
    if (forFilter) addProducts(tap, pixel, output, g.outChannels);
    else addProducts(pixel, tap, output, g.outChannels);
    return;
  }
  const multiplier = g.outChannels / g.inChannels;
  for (let o = 0; o < g.outChannels; o++) {
    const input = at(pixel, o / multiplier);
    const weight = at(tap, o);
    const gradient = load<f32>(at(output, o));
    if (forFilter) store<f32>(weight, load<f32>(weight) + load<f32>(input) * gradient);
    else store<f32>(input, load<f32>(input) + load<f32>(weight) * gradient);
  }
}

/** target[i] += a[i]·b[i] */
function addProducts(target: usize, a: usize, b: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const product = f32x4.mul(v128.load(at(a, i)), v128.load(at(b, i)));
    v128.store(at(target, i), f32x4.add(v128.load(at(target, i)), product));
  }
  for (; i < n; i++) {
    const product = load<f32>(at(a, i)) * load<f32>(at(b, i));
    store<f32>(at(target, i), load<f32>(at(target, i)) + product);
  }
}
