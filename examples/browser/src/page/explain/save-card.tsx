import type { Explained } from '../../engine/engine.ts';
import { saveAs } from '../files/save-as.ts';
import { fileName } from '../words/file-name.ts';

/** Downloads the explanation as a page of its own. */
export function SaveCard({ explained: { name, card } }: { explained: Explained }) {
  const save = () => {
    saveAs(
      `${fileName(name).replace(/\.\w+$/, '')}-explained.html`,
      new Blob([card], { type: 'text/html' }),
    );
  };
  return (
    <button type="button" class="button" style={{ justifySelf: 'start' }} onClick={save}>
      Save as a page
    </button>
  );
}
