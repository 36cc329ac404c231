/** (byte/255 − 0.5)/0.5 for each byte, rounded to float32 at every step. */
export function normalise(bytes: usize, count: i32, result: usize): void {
  const scale = f32x4.splat(255);
  const mean = f32x4.splat(0.5);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const four = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bytes + i)));
    const share = f32x4.sub(f32x4.div(f32x4.convert_i32x4_u(four), scale), mean);
    v128.store(result + (i << 2), f32x4.add(share, share)); // /0.5 is exactly ·2
  }
  for (; i < count; i++) {
    const share = <f32>load<u8>(bytes + i) / 255 - 0.5;
    store<f32>(result + (i << 2), share + share);
  }
}
