import { UserError } from '@fbsd/trainer/data';

/** Options of {@link renderSvg}. */
export interface RenderOptions {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** `image/jpeg`, for example. JPEGs lose colour: browsers keep it at half the resolution. @default image/png */
  type?: string;
  /** Of a JPEG or WebP, 0 to 1. @default the browser's own */
  quality?: number;
}

/**
 * Renders the text of an SVG file to a picture's file, such as those of `@fbsd/datasets/mini`. In a page alone: Workers
 * cannot render SVG.
 *
 * @throws UserError when the text is no SVG, or the picture is larger than the browser can draw
 */
export async function renderSvg(
  svg: string,
  { width, height, type = 'image/png', quality }: RenderOptions,
): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, type, quality);
    });
    if (blob) return blob;
    throw new Error('no picture came of it');
  } catch (cause) {
    throw new UserError(
      `[@fbsd/datasets] renderSvg: cannot render a drawing of ${width}×${height} pixels (${(cause as Error).message}).`,
      { cause },
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
