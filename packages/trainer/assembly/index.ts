export { normalise } from './normalise';
export { copyWindow, resizeColumns, resizeRows } from './resize';
