/**
 * What is measured. A case is plain data: both sides build their network, modules and inputs from it.
 *
 * @typedef {object} NetworkCase
 * @property {string} name
 * @property {'train' | 'infer'} kind
 * @property {'resnet50' | 'densenet161' | 'mini'} arch
 * @property {number} classes
 * @property {number} size side of the images in pixels
 * @property {number} batch
 *
 * @typedef {object} ModuleCase forward and backward pass of one module on all of its maps
 * @property {string} name
 * @property {'fbsm' | 'fdm' | 'pool'} kind
 * @property {number} batch
 * @property {[height: number, width: number, channels: number][]} maps
 * @property {number[]} [parts] strips of the FBSM on each map
 *
 * @typedef {NetworkCase | ModuleCase} Case
 */

/** @type {Pick<NetworkCase, 'arch' | 'classes' | 'size' | 'batch'>[]} */
const NETWORKS = [
  { arch: 'resnet50', classes: 200, size: 256, batch: 4 },
  { arch: 'resnet50', classes: 200, size: 448, batch: 2 },
  { arch: 'resnet50', classes: 200, size: 128, batch: 4 },
  { arch: 'densenet161', classes: 200, size: 224, batch: 4 },
  { arch: 'mini', classes: 10, size: 96, batch: 16 },
];

/** The maps that ResNet-50 at 448² hands to the modules: sides 448/8, 448/16, 448/32. */
const SIDES = /** @type {const} */ ([56, 28, 14]);
const STAGE_CHANNELS = /** @type {const} */ ([512, 1024, 2048]);
const HEAD_CHANNELS = 1024;

/** @type {ModuleCase['maps']} */
const stageMaps = SIDES.map((side, i) => [side, side, /** @type {number} */ (STAGE_CHANNELS[i])]);
/** @type {ModuleCase['maps']} */
const headMaps = SIDES.map((side) => [side, side, HEAD_CHANNELS]);

/** @type {readonly Case[]} */
export const CASES = [
  ...NETWORKS.flatMap((network) =>
    /** @type {const} */ (['train', 'infer']).map((kind) => ({
      name: `${kind}-${network.arch}-${network.size}`,
      kind,
      ...network,
    })),
  ),
  { name: 'fbsm-448', kind: 'fbsm', batch: 2, maps: stageMaps, parts: [8, 4, 2] },
  { name: 'fdm-448', kind: 'fdm', batch: 2, maps: headMaps },
  { name: 'pool-448', kind: 'pool', batch: 2, maps: headMaps },
];

/**
 * The cases whose name contains one of the given parts; all of them without any.
 *
 * @param {readonly string[]} parts
 * @returns {readonly Case[]}
 * @throws {RangeError} for a part that no name contains
 */
export function casesNamed(parts) {
  const unknown = parts.filter((part) => !CASES.some(({ name }) => name.includes(part)));
  if (unknown.length > 0) {
    throw new RangeError(
      `--case must be (part of) one of ${CASES.map(({ name }) => name).join(', ')}; got ${unknown.join(', ')}.`,
    );
  }
  if (parts.length === 0) return CASES;
  return CASES.filter(({ name }) => parts.some((part) => name.includes(part)));
}
