import {
  type Backbone,
  densenet121,
  densenet161,
  type NamedResNetArgs,
  resnet,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
} from '@fbsd/backbones';
import { HEAD_DEFAULTS } from './head.ts';

/** A backbone with the widths of the head that fits it. */
export interface Architecture {
  /** Makes the backbone; FBSD puts its modules after its last three stages. */
  backbone(args: NamedResNetArgs): Backbone;
  /** Rounding where a stage halves an odd side. @default 'up' */
  halves?: 'up' | 'down';
  /** Channels of the two convolutions in each level's conv block. */
  convWidths: readonly [number, number];
  /** Units of the classifiers' hidden layer. */
  hiddenUnits: number;
}

/** The name of a backbone, and of FBSD on it. */
export type ArchitectureName =
  | 'mini'
  | 'resnet18'
  | 'resnet34'
  | 'resnet50'
  | 'resnet101'
  | 'densenet121'
  | 'densenet161';

const { convWidths, hiddenUnits } = HEAD_DEFAULTS;
const PUBLISHED_HEAD = { convWidths, hiddenUnits };

/**
 * The backbones by their names. `mini` is a ResNet-18 of half the width with a
 * 3×3 stem and a head of a quarter of the width: it learns small pictures on a CPU in minutes.
 */
export const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = {
  mini: {
    backbone: (args) =>
      resnet({
        name: 'mini',
        block: 'basic',
        depths: [2, 2, 2, 2],
        width: 32,
        stemSize: 3,
        ...args,
      }),
    convWidths: [128, 256],
    hiddenUnits: 128,
  },
  resnet18: { backbone: resnet18, ...PUBLISHED_HEAD },
  resnet34: { backbone: resnet34, ...PUBLISHED_HEAD },
  resnet50: { backbone: resnet50, ...PUBLISHED_HEAD },
  resnet101: { backbone: resnet101, ...PUBLISHED_HEAD },
  densenet121: { backbone: densenet121, halves: 'down', ...PUBLISHED_HEAD },
  densenet161: { backbone: densenet161, halves: 'down', ...PUBLISHED_HEAD },
};
