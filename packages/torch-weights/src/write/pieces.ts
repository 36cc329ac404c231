/** The bytes of a file from its start to its end; each piece is made when it is asked for. */
export type Pieces = Iterable<Uint8Array<ArrayBuffer>>;

/** The pieces as one. */
export function joined(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const all = [...pieces];
  const file = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of all) {
    file.set(piece, position);
    position += piece.length;
  }
  return file;
}
