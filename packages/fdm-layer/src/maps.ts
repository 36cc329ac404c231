type MapShape = readonly (number | null)[];

/**
 * Refuses shapes that cannot diversify each other. A size that is null is not known yet and passes.
 *
 * @param shapes of at least two maps, [B,H,W,C] or [B,S,C] each, with the same B and C
 */
export function checkMaps(where: string, shapes: readonly MapShape[]): void {
  if (shapes.length < 2) {
    throw new RangeError(
      `[@fbsd/fdm] ${where}: expected at least 2 maps; got ${shapes.length}. ` +
        'Pass them as one list.',
    );
  }
  const first = shapes[0] as MapShape;
  for (const [i, shape] of shapes.entries()) {
    if (shape.length !== 3 && shape.length !== 4) {
      throw new RangeError(
        `[@fbsd/fdm] ${where}: expected maps [batch,height,width,channels] or ` +
          `[batch,positions,channels]; got map ${i} of shape ${show(shape)}. Reshape it.`,
      );
    }
    if (differ(shape.at(-1), first.at(-1))) {
      throw new RangeError(
        `[@fbsd/fdm] ${where}: expected the same number of channels in every map; got ` +
          `${show(first)} and map ${i} of shape ${show(shape)}. Bring all maps to one number of ` +
          'channels, as by a 1×1 convolution.',
      );
    }
    if (differ(shape[0], first[0])) {
      throw new RangeError(
        `[@fbsd/fdm] ${where}: expected the same batch in every map; got ${show(first)} and map ` +
          `${i} of shape ${show(shape)}. Take all maps from the same images.`,
      );
    }
  }
}

function differ(a: number | null | undefined, b: number | null | undefined): boolean {
  return a != null && b != null && a !== b;
}

function show(shape: MapShape): string {
  return `[${shape.map((size) => size ?? 'null').join()}]`;
}
