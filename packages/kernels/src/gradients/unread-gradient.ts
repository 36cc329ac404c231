/*
 * tf.fused.conv2d, which the layers call, computes the gradient of its images whenever it computes that of its filter.
 * Of a network's first layer nobody reads it.
 */
let unread = false;

/** Computes gradients of a convolution, of which that of the images will not be read. */
export function withUnreadImageGradient<Gradients>(gradient: () => Gradients): Gradients {
  unread = true;
  try {
    return gradient();
  } finally {
    unread = false;
  }
}

/** Whether the values of the image gradient that is asked for may be anything. */
export function isImageGradientUnread(): boolean {
  return unread;
}
