import { show } from '../app/route.ts';
import { BlobImage } from '../parts/blob-image.tsx';
import { Icon } from '../parts/icons.tsx';
import { explainOnly } from '../state/explaining.ts';
import { model } from '../state/model.ts';
import { removePicture, type TriedPicture, truthOf } from '../state/pictures.ts';
import { className } from '../words/class-name.ts';
import { fileName } from '../words/file-name.ts';
import { TopClasses } from './top-classes.tsx';
import './tried-card.css';

/** A picture with its likeliest classes. */
export function TriedCard({ picture }: { picture: TriedPicture }) {
  const { id, path, blob, classes, error } = picture;
  const truth = truthOf(picture);
  const name = truth ? `Drawn bird: ${className(truth)}` : fileName(path);
  const explains = classes && (model.value?.levels ?? 0) > 0;
  return (
    <li class="tried-card card">
      {error ? (
        <span class="no-picture">
          <Icon name="picture" size={28} />
        </span>
      ) : (
        <BlobImage blob={blob} alt={name} />
      )}
      <button
        type="button"
        class="remove button icon-only"
        aria-label={`Remove ${name}`}
        onClick={({ currentTarget }) => {
          const next = currentTarget.closest('li')?.nextElementSibling;
          next?.querySelector<HTMLElement>('.remove')?.focus();
          removePicture(id);
        }}
      >
        <Icon name="close" size={16} />
      </button>
      <div class="stack">
        {error && <h3>{name}</h3>}
        <TopClasses classes={classes} error={error} truth={truth} />
        {explains && (
          <button
            type="button"
            class="button"
            onClick={() => {
              explainOnly(id);
              show('explain');
            }}
          >
            <Icon name="explain" size={18} /> What decided?<span class="unseen"> in {name}</span>
          </button>
        )}
      </div>
    </li>
  );
}
