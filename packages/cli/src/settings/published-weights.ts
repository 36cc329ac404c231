import type { RemoteFile } from '@fbsd/datasets';
import { ARCHITECTURES, type ArchitectureName } from '@fbsd/fbsd';
import { UserError } from '@fbsd/trainer';

const FOLDER = 'https://download.pytorch.org/models';

/** The names of weights that are published for several architectures. */
export const PUBLISHED = ['imagenet', 'imagenet-v2'] as const;
export type Published = (typeof PUBLISHED)[number];

/** ImageNet weights of the backbones, as torchvision publishes them: its versions 1 and 2. */
const FILES: Readonly<Record<Published, Readonly<Partial<Record<ArchitectureName, string>>>>> = {
  imagenet: {
    resnet18: 'resnet18-f37072fd.pth',
    resnet34: 'resnet34-b627a593.pth',
    resnet50: 'resnet50-0676ba61.pth',
    resnet101: 'resnet101-63fe2227.pth',
    densenet121: 'densenet121-a639ec97.pth',
    densenet161: 'densenet161-8d451a50.pth',
  },
  'imagenet-v2': {
    resnet50: 'resnet50-11ad3fa6.pth',
    resnet101: 'resnet101-cd907fc2.pth',
  },
};

/** The address of published weights; undefined where there are none: for `mini`, in version 2 for many. */
export function publishedWeights(
  arch: ArchitectureName,
  name: Published = 'imagenet',
): string | undefined {
  const file = FILES[name][arch];
  return file && `${FOLDER}/${file}`;
}

/** The architectures that weights are published for. */
export function architecturesWith(name: Published): string[] {
  return Object.keys(ARCHITECTURES).filter((arch) => arch in FILES[name]);
}

export function isPublished(pretrained: string): pretrained is Published {
  return PUBLISHED.includes(pretrained as Published);
}

/** Tells if a value of --pretrained is an address: of http or https, or of another kind, which {@link weightsAt} refuses. */
export function isAddress(pretrained: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(pretrained);
}

/**
 * A file of weights by its address, with its SHA-256 where that is known: its first digits from the name, as PyTorch
 * names files (`resnet50-0676ba61.pth`), as many as are given from the end of the address, `…#sha256=<8 to 64 digits>`.
 *
 * @throws UserError for an address that is not of http or https, or ends in something else: it would not be checked
 */
export function weightsAt(address: string): RemoteFile {
  if (!/^https?:\/\//i.test(address)) {
    throw new UserError(
      `[fbsd] --pretrained: weights are fetched by http:// and https:// alone; got ${address}. Fetch them with another program, and name the file.`,
    );
  }
  const [url = '', ...fragments] = address.split('#');
  const fragment = fragments.join('#');
  const [, given] = /^sha256=([0-9a-f]{8,64})$/i.exec(fragment) ?? [];
  if (fragment && given === undefined) {
    throw new UserError(
      `[fbsd] --pretrained: after the # of an address its checksum is expected, sha256= with 64 hexadecimal digits or the first of them, at least 8; got #${fragment}. Correct it, or leave it out.`,
    );
  }
  const [, named] = /-([0-9a-f]{8,64})\.\w+$/.exec(url.split('?')[0] as string) ?? [];
  const sha256 = given ?? named;
  return { url, ...(sha256 !== undefined && { sha256 }) };
}
