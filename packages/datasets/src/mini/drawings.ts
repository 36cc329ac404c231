import type { PartLocation, Sample } from '@fbsd/trainer';
import { drawPicture, pictureCount } from './draw-picture.ts';
import type { DrawnDataset, MiniSettings } from './drawn-dataset.ts';
import type { DrawnPicture, Kind } from './kind.ts';
import { miniSettings } from './settings.ts';

/** A picture of {@link Drawings}. */
export interface Drawing {
  /** Its id, class, box and parts; `path` and `file` are its path in the folder that `ensureMini` would draw. */
  sample: Sample;
  /** False for those to test on. */
  isTraining: boolean;
  /** The picture itself, as the text of an SVG file. */
  svg: string;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** A drawn data set as drawings, without files: what `ensureMini` puts into a folder, before it is rendered. */
export interface Drawings extends Pick<DrawnDataset, 'name' | 'subjects'> {
  /** The classes, by index. */
  readonly classNames: readonly string[];
  /** By the index of a part; empty when no parts are annotated. */
  readonly partNames: readonly string[];
  /**
   * Draws the pictures one after the other, class by class: the same ones for the same settings, everywhere.
   *
   * @throws RangeError for impossible settings
   */
  pictures(settings?: Partial<MiniSettings>): Iterable<Drawing>;
}

/** The drawings of a kind. */
export function drawingsOf<Marks>(kind: Kind<Marks>): Drawings {
  const { name, subjects, classes, parts = [] } = kind;
  return {
    name,
    subjects,
    classNames: classes.map((drawn) => drawn.name),
    partNames: parts,
    pictures: (options = {}) => pictures(kind, miniSettings(kind, options)),
  };
}

function* pictures<Marks>(kind: Kind<Marks>, settings: MiniSettings): Generator<Drawing> {
  const count = pictureCount(kind, settings);
  for (let id = 1; id <= count; id++) {
    const picture = drawPicture(kind, id, settings);
    const { isTraining, svg, width, height } = picture;
    yield { sample: sampleOf(kind, picture), isTraining, svg, width, height };
  }
}

function sampleOf(
  { banner, parts }: Pick<Kind, 'banner' | 'parts'>,
  { id, path, label, scene }: DrawnPicture,
): Sample {
  return {
    id,
    path,
    file: path,
    label,
    box: scene.box,
    ...(banner !== undefined && { cutBottom: banner }),
    ...(parts && { parts: parts.map((name, part) => location(part, scene.parts[name])) }),
  };
}

function location(part: number, at: readonly [number, number] | undefined): PartLocation {
  const [x, y] = at ?? [0, 0];
  return { part, x, y, visible: at !== undefined };
}
