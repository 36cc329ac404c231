import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Notice } from '../parts/notice.tsx';
import './camera-dialog.css';
import type { useCamera } from './use-camera.ts';

interface Props {
  title: string;
  camera: ReturnType<typeof useCamera>;
  children: ComponentChildren;
  onClose(): void;
}

/** What the camera sees, over the page, with buttons below. */
export function CameraDialog({ title, camera, children, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="camera-dialog" aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {camera.error ? (
        <Notice kind="error">{camera.error}</Notice>
      ) : (
        <video ref={camera.video} playsInline muted aria-label="What the camera sees" />
      )}
      <div class="row">
        {!camera.error && children}
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {camera.error ? 'Close' : 'Done'}
        </button>
      </div>
    </dialog>
  );
}
