import { readFileSync } from 'node:fs';

/**
 * Kernels of ops that no layer of an image classifier calls, nor its gradient: of volumes, spectra, boxes, strings, sparse
 * and ragged tensors, histograms, and of pictures in elements of the page.
 */
const LEFT_OUT =
  /^((Avg|Max)Pool3D\w*|BitwiseAnd|BroadcastArgs|Complex\w*|Conv3D\w*|Cumprod|(Dense)?Bincount|DepthToSpace|Diag|Dilation2D\w*|Draw|Einsum|FlipLeftRight|FromPixels|I?FFT|Imag|LinSpace|LogicalXor|LRN(Grad)?|MaxPoolWithArgmax|MirrorPad|Multinomial|NonMaxSuppression\w*|Ragged\w+|Real|RotateWithOffset|SearchSorted|Sparse\w+|StaticRegexReplace|String\w+|TensorScatterUpdate|Transform|Unique)$/;

/** The list of all kernels of a backend of tfjs, without those; `file` imports each from a file of its name. */
export function withoutKernels(file: string): string {
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(/^import \{ (\w+) \} from '\.\/kernels\/(\w+)';$/gm)];
  const gone = imports.filter(([, , kernel]) => LEFT_OUT.test(kernel as string));
  if (gone.length === 0) throw new Error(`${file}: expected a list of kernels.`);
  return gone.reduce(
    (rest, [line, name]) => rest.replace(line, '').replace(new RegExp(`^\\s+${name},?$`, 'm'), ''),
    text,
  );
}
