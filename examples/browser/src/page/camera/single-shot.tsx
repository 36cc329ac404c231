import { Icon } from '../parts/icons.tsx';
import { CameraDialog } from './camera-dialog.tsx';
import { useCamera } from './use-camera.ts';

interface Props {
  onPicture(picture: Blob): void;
  onClose(): void;
}

/** Takes one picture, which closes it. */
export function SingleShot({ onPicture, onClose }: Props) {
  const camera = useCamera();
  const take = async () => {
    const picture = await camera.take();
    if (!picture) return;
    onPicture(picture);
    onClose();
  };
  return (
    <CameraDialog title="Point the camera at it" camera={camera} onClose={onClose}>
      <button type="button" class="button primary" disabled={!camera.running} onClick={take}>
        <Icon name="camera" /> Take the picture
      </button>
    </CameraDialog>
  );
}
