import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Burst } from '../camera/burst.tsx';
import { picturesChosen } from '../files/chosen-pictures.ts';
import { FileButton } from '../parts/file-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { datasetError } from '../state/datasets.ts';
import { messageOf } from '../words/message-of.ts';
import { addFromCamera, addToClass } from './add-to-class.ts';
import './new-class.css';

/** Makes a class from pictures that lie in no folder, or from the camera. */
export function NewClass() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        <Icon name="plus" /> New class
      </button>
      {open && <NewClassDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function NewClassDialog({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState('');
  const [camera, setCamera] = useState(false);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const missing = name.trim() === '';
  const choose = async (files: File[]) => {
    dialog.current?.close();
    try {
      await addToClass(name.trim(), await picturesChosen(files));
    } catch (error) {
      datasetError.value = messageOf(error);
    }
  };
  return (
    <dialog ref={dialog} class="new-class" aria-labelledby={id} onClose={() => camera || onClose()}>
      <h2 id={id}>A new class</h2>
      <label class="field">
        <span class="label">Its name</span>
        <input
          class="input"
          value={name}
          placeholder="hawk moth"
          autocomplete="off"
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <div class="row">
        <FileButton primary accept="image/*" disabled={missing} onFiles={choose}>
          <Icon name="picture" /> Choose its pictures
        </FileButton>
        <button type="button" class="button" disabled={missing} onClick={() => setCamera(true)}>
          <Icon name="camera" /> Camera
        </button>
        <button type="button" class="button plain" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
      </div>
      {camera && (
        <Burst
          name={name.trim()}
          onPictures={(pictures) => addFromCamera(name.trim(), pictures)}
          onClose={onClose}
        />
      )}
    </dialog>
  );
}
