import { useEffect, useState } from 'preact/hooks';
import type { NamedBlob } from '../../engine/engine.ts';
import { SingleShot } from '../camera/single-shot.tsx';
import { picturesChosen, picturesDropped, picturesPasted } from '../files/chosen-pictures.ts';
import { DropZone } from '../parts/drop-zone.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { ScreenTitle } from '../parts/screen-title.tsx';
import { addPictures, pictures } from '../state/pictures.ts';
import { messageOf } from '../words/message-of.ts';
import { ModelCard } from './model-card.tsx';
import { TriedCard } from './tried-card.tsx';
import './try-screen.css';

/** Classifies pictures. */
export function TryScreen() {
  const [camera, setCamera] = useState(false);
  const [error, setError] = useState<string>();

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const pasted = picturesPasted(event);
      if (pasted.length > 0) addPictures(pasted);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);

  const add = async (reading: Promise<NamedBlob[]>) => {
    setError(undefined);
    try {
      addPictures(await reading);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  return (
    <>
      <ScreenTitle lede="Give it a picture, and the model says which class it belongs to. Nothing leaves this browser: the model runs on this device.">
        What is it?
      </ScreenTitle>
      <div class="try-layout">
        <div class="stack">
          <DropZone class="try-drop" onDrop={(dropped) => add(picturesDropped(dropped))}>
            <p>
              <span class="for-mouse">Drop pictures here, paste one, or </span>
              <span>choose what to look at:</span>
            </p>
            <div class="row">
              <FileButton primary accept="image/*" onFiles={(files) => add(picturesChosen(files))}>
                <Icon name="picture" /> Choose pictures
              </FileButton>
              <button type="button" class="button" onClick={() => setCamera(true)}>
                <Icon name="camera" /> Camera
              </button>
            </div>
          </DropZone>
          {error && (
            <Notice kind="error" onDismiss={() => setError(undefined)}>
              {error}
            </Notice>
          )}
          <h2 class="unseen">Pictures</h2>
          <ul class="tried">
            {pictures.value.map((picture) => (
              <TriedCard key={picture.id} picture={picture} />
            ))}
          </ul>
        </div>
        <ModelCard />
      </div>
      {camera && (
        <SingleShot
          onPicture={(blob) => addPictures([{ path: 'From the camera', blob }])}
          onClose={() => setCamera(false)}
        />
      )}
    </>
  );
}
