import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons.tsx';
import { LazyThumbnail } from '../parts/lazy-thumbnail.tsx';
import { changeDataset } from '../state/datasets.ts';
import { fileName } from '../words/file-name.ts';
import './class-pictures.css';
import type { ClassPicture } from './pictures-of.ts';

interface Props {
  dataset: string;
  /** Of the class. */
  name: string;
  pictures: readonly ClassPicture[];
}

/** Pictures of a class that are shown before somebody asks for all. */
const FEW = 8;

/** The pictures of a class: a few, or all of them to be looked through. */
export function ClassPictures({ dataset, name, pictures }: Props) {
  const [all, setAll] = useState(false);
  const shown = all ? pictures : pictures.slice(0, FEW);
  return (
    <div>
      <ul class={`class-pictures${all ? ' all' : ''}`} aria-label={`Pictures of ${name}`}>
        {shown.map(({ path, file, isTest }) => (
          <li key={path}>
            <LazyThumbnail dataset={dataset} path={path} alt={fileName(file)} />
            {isTest && <span class="test-mark">test</span>}
            {all && (
              <button
                type="button"
                class="remove"
                aria-label={`Remove ${fileName(file)}`}
                onClick={() => changeDataset(dataset, { change: 'removePicture', path })}
              >
                <Icon name="close" size={14} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {(pictures.length > FEW || all) && (
        <button
          type="button"
          class="button plain show-all"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? 'Show fewer' : `Show all ${pictures.length}`}
          <span class="unseen"> of {name}</span>
        </button>
      )}
    </div>
  );
}
