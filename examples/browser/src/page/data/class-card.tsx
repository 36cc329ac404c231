import { useEffect, useRef, useState } from 'preact/hooks';
import type { NamedBlob } from '../../engine/engine.ts';
import { Burst } from '../camera/burst.tsx';
import { picturesChosen, picturesDropped } from '../files/chosen-pictures.ts';
import { Confirm } from '../parts/confirm.tsx';
import { DropZone } from '../parts/drop-zone.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { focusIfLost } from '../parts/focus-if-lost.ts';
import { Icon } from '../parts/icons.tsx';
import { changeDataset, datasetError } from '../state/datasets.ts';
import { className } from '../words/class-name.ts';
import { messageOf } from '../words/message-of.ts';
import { plural } from '../words/plural.ts';
import { addFromCamera, addToClass } from './add-to-class.ts';
import './class-card.css';
import { ClassPictures } from './class-pictures.tsx';
import type { ClassPicture } from './pictures-of.ts';
import { Rename } from './rename.tsx';

interface Props {
  /** Name of the data set. */
  dataset: string;
  /** Of the class. */
  name: string;
  pictures: readonly ClassPicture[];
}

/** A class with its pictures, and what can be done to it. */
export function ClassCard({ dataset, name, pictures }: Props) {
  const [doing, setDoing] = useState<'renaming' | 'removing' | 'camera'>();
  const done = () => setDoing(undefined);
  const renameButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (doing === 'renaming') return () => setTimeout(() => focusIfLost(renameButton.current));
  }, [doing]);
  const readable = className(name);
  const tests = pictures.filter(({ isTest }) => isTest).length;
  const add = async (reading: Promise<NamedBlob[]>) => {
    try {
      await addToClass(name, await reading);
    } catch (error) {
      datasetError.value = messageOf(error);
    }
  };
  return (
    <li>
      <DropZone class="class-card" onDrop={(dropped) => add(picturesDropped(dropped))}>
        {doing === 'renaming' ? (
          <Rename dataset={dataset} name={name} onDone={done} />
        ) : (
          <div class="class-head">
            <div>
              <h3 title={readable}>{readable}</h3>
              <p class="small soft">
                {plural(pictures.length, 'picture')}, {tests} of them for testing
              </p>
            </div>
            <button
              ref={renameButton}
              type="button"
              class="button plain icon-only"
              aria-label={`Rename ${readable}`}
              onClick={() => setDoing('renaming')}
            >
              <Icon name="pencil" size={18} />
            </button>
            <button
              type="button"
              class="button plain icon-only danger"
              aria-label={`Remove ${readable}`}
              onClick={() => setDoing('removing')}
            >
              <Icon name="trash" size={18} />
            </button>
          </div>
        )}
        <ClassPictures dataset={dataset} pictures={pictures} name={readable} />
        <div class="row">
          <FileButton accept="image/*,.zip" onFiles={(files) => add(picturesChosen(files))}>
            <Icon name="plus" size={18} /> Add<span class="unseen"> pictures of {readable}</span>
          </FileButton>
          <button type="button" class="button" onClick={() => setDoing('camera')}>
            <Icon name="camera" size={18} /> Camera
            <span class="unseen"> for {readable}</span>
          </button>
        </div>
      </DropZone>
      {doing === 'camera' && (
        <Burst name={readable} onPictures={(blobs) => addFromCamera(name, blobs)} onClose={done} />
      )}
      {doing === 'removing' && (
        <Confirm
          title={`Remove “${readable}”?`}
          action="Remove"
          onConfirm={() => changeDataset(dataset, { change: 'removeClass', name })}
          onClose={done}
        >
          The class and its {plural(pictures.length, 'picture')} go out of this data set.
        </Confirm>
      )}
    </li>
  );
}
