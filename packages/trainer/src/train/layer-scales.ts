/**
 * Factors of the learning rates of a backbone's stages, as timm's `layer_decay`: the new layers have 1, the last stage the
 * decay, each one before it the decay of the one after it once more, down to the stem.
 *
 * @param optimizer for messages
 * @param names of the backbone's weights, as torchvision names ResNets' and DenseNets': `layer2.0.conv1/kernel`
 * @param decay from 0 to 1
 * @returns the factor of each weight
 * @throws RangeError for a decay out of range, TypeError for a weight of another kind of network
 */
export function layerScales(
  optimizer: string,
  names: readonly string[],
  decay: number,
): (name: string) => number {
  if (!(decay >= 0 && decay <= 1)) {
    throw new RangeError(
      `[@fbsd/trainer] ${optimizer}: layerDecay must be a number from 0 to 1; got ${decay}. Use 0.75, a usual one, or 1 for none.`,
    );
  }
  if (decay === 1) return () => 1;
  const stages = new Map(names.map((name) => [name, stageOf(name)]));
  const unknown = names.find((name) => Number.isNaN(stages.get(name)));
  if (unknown !== undefined) {
    throw new TypeError(
      `[@fbsd/trainer] ${optimizer}: layerDecay needs to know the stages of the backbone, but '${unknown}' is no weight of a ResNet or a DenseNet of @fbsd/backbones. Leave layerDecay out.`,
    );
  }
  const last = Math.max(...stages.values());
  return (name) => decay ** (last + 1 - (stages.get(name) as number));
}

/** The number of a weight's stage, 0 for the stem; NaN where the name does not tell. */
function stageOf(name: string): number {
  if (/^(conv1|bn1|conv0|norm0)\//.test(name)) return 0;
  const [, kind, number] = /^(layer|denseblock|transition)(\d+)\./.exec(name) ?? [];
  return Number(number) + Number(kind === 'transition'); // a transition begins the stage after its block
}
