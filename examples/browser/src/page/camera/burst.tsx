import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons.tsx';
import { plural } from '../words/plural.ts';
import { CameraDialog } from './camera-dialog.tsx';
import { useCamera } from './use-camera.ts';

interface Props {
  /** Of the class that the pictures are for. */
  name: string;
  /** All that were taken, when the dialog is closed; not called for none. */
  onPictures(pictures: Blob[]): void;
  onClose(): void;
}

/** Milliseconds between two pictures: enough for the view to change. */
const EVERY = 350;

/** Takes pictures one after the other until it is told to stop. */
export function Burst({ name, onPictures, onClose }: Props) {
  const camera = useCamera();
  const [taking, setTaking] = useState(false);
  const [taken, setTaken] = useState(0);
  const pictures = useRef<Blob[]>([]);

  useEffect(() => {
    if (!taking) return;
    const timer = setInterval(async () => {
      const picture = await camera.take();
      if (picture) setTaken(pictures.current.push(picture));
    }, EVERY);
    return () => clearInterval(timer);
  }, [taking]);

  const close = () => {
    setTaking(false);
    if (pictures.current.length > 0) onPictures(pictures.current);
    onClose();
  };
  return (
    <CameraDialog title={`Pictures of ${name}`} camera={camera} onClose={close}>
      <button
        type="button"
        class="button primary"
        aria-pressed={taking}
        disabled={!camera.running}
        onClick={() => setTaking(!taking)}
      >
        <Icon name={taking ? 'stop' : 'camera'} /> {taking ? 'Stop' : 'Start taking pictures'}
      </button>
      <span role="status">
        {taken > 0 ? plural(taken, 'picture') : 'Turn it, move it, change the light.'}
      </span>
    </CameraDialog>
  );
}
