import {
  add,
  mul,
  reverse,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/** Options of whatever runs a trained model. */
export interface InferenceOptions {
  /**
   * Shows the model every picture and its mirror image, one after the other, and takes the mean of both logits of each
   * head: test-time augmentation in twice the time. @default false
   */
  flip?: boolean;
}

/**
 * The logits [B,K] of each head.
 *
 * @param run the model, in inference mode
 * @param images [B,S,S,3]
 */
export function headLogits(
  run: (images: Tensor4D) => Tensor | Tensor[],
  images: Tensor4D,
  { flip = false }: InferenceOptions,
): Tensor2D[] {
  const logits = [run(images)].flat() as Tensor2D[];
  if (!flip) return logits;
  const mirrored = [run(reverse(images, 2))].flat() as Tensor2D[];
  return logits.map((own, head) => mul(add(own, mirrored[head] as Tensor2D), 0.5));
}
