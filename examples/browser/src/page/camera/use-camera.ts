import { useEffect, useRef, useState } from 'preact/hooks';
import { cameraError } from './camera-error.ts';

/** Shows what the camera sees in a video element while the component is there. */
export function useCamera() {
  const video = useRef<HTMLVideoElement>(null);
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<string>();

  useEffect(() => {
    let stream: MediaStream | undefined;
    let gone = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const start = async () => {
      // The camera on the back of a phone, where there is one.
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (gone || !video.current) return stop();
      video.current.srcObject = stream;
      await video.current.play();
      setRunning(true);
    };
    start().catch((reason) => {
      if (!gone) setError(cameraError(reason));
    });
    return () => {
      gone = true;
      stop();
    };
  }, []);

  /** The frame that is shown now, as a JPEG. */
  const take = async (): Promise<Blob | null> => {
    const frame = video.current;
    if (!frame?.videoWidth) return null;
    const canvas = document.createElement('canvas');
    canvas.width = frame.videoWidth;
    canvas.height = frame.videoHeight;
    canvas.getContext('2d')?.drawImage(frame, 0, 0);
    return new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.92));
  };

  return { video, running, error, take };
}
