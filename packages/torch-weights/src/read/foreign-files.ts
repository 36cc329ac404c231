/** What a file is, by its first bytes as Latin-1, and what to do about it. */
interface Kind {
  readonly begins: readonly string[] | RegExp;
  readonly says: string;
}

const UNPACK = 'Unpack it first.';

const KINDS: readonly Kind[] = [
  {
    begins: /^[\s\S]{257}ustar/,
    says: `it is a tar archive, as PyTorch wrote before 0.1.1 or around a model. ${UNPACK}`,
  },
  { begins: ['\x1f\x8b'], says: `it is compressed with gzip, as .gz and .tar.gz are. ${UNPACK}` },
  {
    begins: ['BZh', '\xfd7zXZ', '\x28\xb5\x2f\xfd'],
    says: `it is compressed (bzip2, xz or zstd). ${UNPACK}`,
  },
  { begins: ['7z\xbc\xaf', 'Rar!'], says: `it is a 7z or RAR archive. ${UNPACK}` },
  {
    begins: ['version https://git-lfs'],
    says:
      'it is a pointer of Git LFS, which stands in a repository for the file itself. Fetch that: git lfs pull, or ' +
      "the page's own link for the download.",
  },
  {
    begins: /^(\xef\xbb\xbf)?\s*<(!doctype|!--|html|head|\?xml|error)/i,
    says:
      'it is a web page, not weights: the download ran into a login, a confirmation or an error. Open it in a browser ' +
      'to see which, and download the file again.',
  },
  {
    begins: ['\x89HDF'],
    says: "it is an HDF5 file, as Keras's .h5 are. Only PyTorch's files and .safetensors are read.",
  },
  {
    begins: ['\x93NUMPY'],
    says: "it is an array of NumPy's (.npy). Only PyTorch's files and .safetensors are read.",
  },
];

/** Bytes of the head that tell. */
export const TELLING_BYTES = 512;

/** Says in words what a file that is read by nobody here is. */
export function describeForeign(head: Uint8Array, size: number): string {
  const text = String.fromCharCode(...head.subarray(0, TELLING_BYTES)); // a decoder's latin1 is windows-1252
  const kind = KINDS.find(({ begins }) =>
    begins instanceof RegExp ? begins.test(text) : begins.some((bytes) => text.startsWith(bytes)),
  );
  return (
    kind?.says ??
    `it is neither PyTorch's (.pth, .pt) nor .safetensors: ${size} bytes that begin with ` +
      `[${head.subarray(0, 8)}]. Is it damaged, or something else?`
  );
}
