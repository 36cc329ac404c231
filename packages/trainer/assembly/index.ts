export { normalise } from './normalise';
export { BYTES_BEHIND, copyWindow, FRACTION_BITS, resizeColumns, resizeRows } from './resize';
