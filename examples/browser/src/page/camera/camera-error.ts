/** What happened to the camera, and what to do. */
export function cameraError(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
      return 'The browser was not allowed to use the camera. Allow it beside the address of this page, then try again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'There is no camera on this device. Choose pictures instead.';
    case 'NotReadableError':
      return 'The camera is in use by another program, or does not answer. Close the other program, then try again.';
    default:
      return 'This page cannot use a camera: it has to be opened over https, in a browser that gives cameras to pages. Choose pictures instead.';
  }
}
