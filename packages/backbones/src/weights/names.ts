/** How PyTorch models name their modules: from the name of a layer here to the module's there. */
const SCHEMES = {
  /** torchvision, and timm: the layers' own names; DenseNet's behind `features.`. */
  torchvision,
  /** torchvision's first DenseNet files: `norm.1` for `norm1` in the dense layers. */
  'old torchvision': (layer: string) =>
    torchvision(layer).replace(/(denselayer\d+\.(?:norm|conv))(\d)$/, '$1.$2'),
  /** `model.features` of a DenseNet alone. */
  features: (layer: string) => layer,
  /** DenseNets that timm made with `features_only`. */
  'timm features': (layer: string) => (isDenseNet(layer) ? `features_${layer}` : layer),
  /** The published FBSD code, on ResNet-50/101 and DenseNet-161. */
  fbsd: (layer: string) =>
    PUBLISHED.reduce((name, [ours, theirs]) => name.replace(ours, theirs), layer),
} as const;

/** The ways of naming weights that {@link loadStateDict} knows. */
export type NamingScheme = keyof typeof SCHEMES;
export const NAMING_SCHEMES = Object.keys(SCHEMES) as NamingScheme[];

const PUBLISHED: readonly [RegExp, string][] = [
  [/^conv1$/, 'features.layer0_2.0'],
  [/^bn1$/, 'features.layer0_2.1'],
  [/^layer1\./, 'features.layer0_2.4.'],
  [/^layer2\./, 'features.layer0_2.5.'],
  [/^layer([34])\./, 'features.layer$1.0.'],
  [/^conv0$/, 'features.block0_2.0'],
  [/^norm0$/, 'features.block0_2.1'],
  [/^denseblock1\./, 'features.block0_2.4.'],
  [/^transition1\./, 'features.block0_2.5.'],
  [/^denseblock2\./, 'features.block0_2.6.'],
  [/^transition2\./, 'features.block3.0.'],
  [/^denseblock3\./, 'features.block3.1.'],
  [/^transition3\./, 'features.block4.0.'],
  [/^denseblock4\./, 'features.block4.1.'],
];

function torchvision(layer: string): string {
  return isDenseNet(layer) ? `features.${layer}` : layer;
}

function isDenseNet(layer: string): boolean {
  return /^(conv0|norm\d|denseblock\d|transition\d)(\.|$)/.test(layer);
}

const PARAMETERS: Readonly<Record<string, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/**
 * The name in a state dict of a weight here, for example `layer2.0.conv1/kernel`. What is a layer of
 * several modules here (`denseblock1.denselayer1/norm1/gamma`) names its weights by a path.
 *
 * An FBSM is one layer here and two modules there, whatever the scheme.
 */
export function torchName(weight: string, scheme: NamingScheme): string {
  const slash = weight.lastIndexOf('/');
  const layer = weight.slice(0, slash).replaceAll('/', '.');
  const kind = weight.slice(slash + 1);
  const parameter = PARAMETERS[kind] ?? kind;
  const level = /^fbsm(\d+)$/.exec(layer)?.[1];
  if (level === undefined) return `${SCHEMES[scheme](layer)}.${parameter}`;
  const module = kind === 'kernel' || kind === 'bias' ? 0 : 1; // convolution, batch norm
  return `features.strip${level}.stripconv.${module}.${parameter}`;
}

/** Whether only the original's classifier needs an entry: its linear layer, DenseNet's last norm. */
export function isClassifier(name: string): boolean {
  return /^(fc|classifier|(features[._])?norm[1-9])\./.test(name);
}

/** Batch norm's counter of batches, which nothing here uses. */
export function isCounter(name: string): boolean {
  return name.endsWith('.num_batches_tracked');
}
