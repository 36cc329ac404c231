/** Changes a file of the last checkpoint of the run `moths` behind the store's back; null removes it. */
export async function changeStoredFile(
  database: string,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array | null,
): Promise<void> {
  const open = indexedDB.open(database);
  await new Promise((resolve) => {
    open.onsuccess = resolve;
  });
  const checkpoints = () =>
    open.result.transaction('checkpoints', 'readwrite').objectStore('checkpoints');
  const get = checkpoints().get(['moths', 'last']);
  await new Promise((resolve) => {
    get.onsuccess = resolve;
  });
  const record = get.result as { files: { path: string; bytes: Blob }[] };
  const files: { path: string; bytes: Blob }[] = [];
  for (const file of record.files) {
    const bytes = new Uint8Array(await file.bytes.arrayBuffer());
    const changed = file.path === path ? change(bytes) : bytes;
    if (changed) files.push({ path: file.path, bytes: new Blob([changed as BlobPart]) });
  }
  const put = checkpoints().put({ ...record, files });
  await new Promise((resolve) => {
    put.onsuccess = resolve;
  });
  open.result.close();
}
