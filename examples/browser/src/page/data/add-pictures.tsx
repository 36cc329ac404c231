import type { NamedBlob } from '../../engine/engine.ts';
import { picturesChosen, picturesDropped } from '../files/chosen-pictures.ts';
import { DropZone } from '../parts/drop-zone.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { changeDataset, dataset, datasetError, freeName } from '../state/datasets.ts';
import { messageOf } from '../words/message-of.ts';
import './add-pictures.css';
import { DrawBirds } from './draw-birds.tsx';
import { NewClass } from './new-class.tsx';

/** Takes folders of pictures, a ZIP of them, a class of its own, or draws birds. */
export function AddPictures() {
  const add = async (reading: Promise<NamedBlob[]>) => {
    try {
      const files = await reading;
      if (files.every(({ path }) => !path.includes('/'))) {
        throw new Error(
          'These pictures lie in no folder, so nobody knows their class. Drop them on the card of a class, or make a new class first.',
        );
      }
      await changeDataset(dataset.value?.name ?? freeName(nameFor(files)), {
        change: 'add',
        files,
      });
    } catch (error) {
      datasetError.value = messageOf(error);
    }
  };
  return (
    <DropZone class="add-pictures" onDrop={(dropped) => add(picturesDropped(dropped))}>
      <div>
        <h2>{dataset.value ? 'Add pictures' : 'Start with your pictures'}</h2>
        <p class="soft small">
          <span class="for-mouse">Drop a folder or a ZIP here, or choose one: </span>a folder for
          each class, as <code>moths/hawk-moth/1.jpg</code>.
        </p>
      </div>
      <div class="row">
        <FileButton folder primary={!dataset.value} onFiles={(files) => add(picturesChosen(files))}>
          <Icon name="data" /> Choose a folder
        </FileButton>
        <FileButton accept=".zip" onFiles={(files) => add(picturesChosen(files))}>
          Choose a ZIP
        </FileButton>
        <NewClass />
        <DrawBirds />
      </div>
    </DropZone>
  );
}

/** The folder that all of them are in. */
function nameFor(files: readonly NamedBlob[]): string {
  const parts = (files[0]?.path ?? '').split('/');
  return parts.length > 2 ? (parts[0] as string) : 'My pictures';
}
