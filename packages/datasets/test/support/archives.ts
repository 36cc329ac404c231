import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';

/** An entry of an archive: a file of this content, or whatever the header says. */
export type Entry = Partial<HeaderData> & { path: string; content?: string | Buffer };

/** A tar archive with exactly these entries, whether they are decent or not. */
export function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...header }) => {
    const data = Buffer.from(content);
    const block = Buffer.alloc(512);
    const size = header.size ?? data.length;
    new Header({ type: 'File', mode: 0o644, mtime: new Date(0), ...header, size }).encode(block);
    return [block, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function tgz(entries: readonly Entry[]): Buffer {
  return gzipSync(tar(entries));
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
