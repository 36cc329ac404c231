// Types of the elements of a MAT-file, by their numbers in the file.
export const INT8 = 1;
export const UINT16 = 4;
export const INT32 = 5;
export const UINT32 = 6;
export const DOUBLE = 9;
export const MATRIX = 14;
export const COMPRESSED = 15;
