import type { ArchitectureName } from '@fbsd/fbsd';

const FOLDER = 'https://download.pytorch.org/models';

/** ImageNet weights of the backbones, as torchvision publishes them (version 1 of each). */
const FILES: Readonly<Record<Exclude<ArchitectureName, 'mini'>, string>> = {
  resnet18: 'resnet18-f37072fd.pth',
  resnet34: 'resnet34-b627a593.pth',
  resnet50: 'resnet50-0676ba61.pth',
  resnet101: 'resnet101-63fe2227.pth',
  densenet121: 'densenet121-a639ec97.pth',
  densenet161: 'densenet161-8d451a50.pth',
};

/** The address of torchvision's weights for an architecture; undefined for `mini`, which has none. */
export function publishedWeights(arch: ArchitectureName): string | undefined {
  return arch === 'mini' ? undefined : `${FOLDER}/${FILES[arch]}`;
}
