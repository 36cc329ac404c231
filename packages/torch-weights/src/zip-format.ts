/*
 * What reading and writing share of zip's format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

/** Signatures of the records, as little-endian numbers. */
export const LOCAL_HEADER = 0x04034b50;
export const DIRECTORY_ENTRY = 0x02014b50;
export const END = 0x06054b50;
export const END_64 = 0x06064b50;
export const END_64_LOCATOR = 0x07064b50;

/** Bytes of a local header before the name. */
export const LOCAL_HEADER_BYTES = 30;

/** What 16 and 32 bits hold at most; it says that the value is in a field of 64 bits. */
export const MAX_16 = 0xffff;
export const MAX_32 = 0xffffffff;

/** The extra field that holds sizes of 64 bits. */
export const SIZES_64 = 1;
/** The method of a record that is not compressed. */
export const STORED = 0;
