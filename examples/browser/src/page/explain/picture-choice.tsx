import { BlobImage } from '../parts/blob-image.tsx';
import { chosen, toggle } from '../state/explaining.ts';
import { pictures, truthOf } from '../state/pictures.ts';
import { className } from '../words/class-name.ts';
import { fileName } from '../words/file-name.ts';
import './picture-choice.css';

/** All pictures in a row: one is explained, two are compared. */
export function PictureChoice() {
  return (
    <section aria-labelledby="choice-title">
      <h2 id="choice-title" class="choice-title">
        Choose one picture, or two to compare
      </h2>
      <ul class="picture-choice">
        {pictures.value.map((picture) => {
          const { id, blob, path, classes, error } = picture;
          const says = classes?.[0] && className(classes[0].className);
          const truth = truthOf(picture);
          const name = truth ? className(truth) : fileName(path);
          return (
            <li key={id}>
              <button
                type="button"
                aria-pressed={chosen.value.includes(id)}
                disabled={error !== null}
                title={says ?? name}
                onClick={() => toggle(id)}
              >
                <BlobImage blob={blob} alt={name} />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
