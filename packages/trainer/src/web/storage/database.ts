import { bytes } from '../../format.ts';
import { UserError } from '../../user-error.ts';

/**
 * Opens a database of this page's origin, and makes its stores where it is new.
 *
 * @throws UserError when the browser refuses, as private windows of some do, or the database is of a newer version
 */
export function openDatabase(
  name: string,
  version: number,
  make: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, cause?: unknown) =>
      reject(new UserError(`[@fbsd/trainer] the browser's storage: ${reason}`, { cause }));
    if (typeof indexedDB === 'undefined') {
      refuse('there is none here. Open the page in a window that is not private.');
      return;
    }
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => make(request.result);
    request.onblocked = () =>
      refuse(`'${name}' is in use by an older version of this page. Close its other tabs.`);
    request.onerror = () => {
      const { error } = request;
      if (error?.name === 'VersionError') {
        refuse(`'${name}' is of a newer version of this page. Load the page anew.`, error);
      } else {
        refuse(
          `'${name}' cannot be opened (${error?.message}). Allow this page to store data.`,
          error,
        );
      }
    };
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close(); // lets a newer version in another tab begin
      resolve(database);
    };
  });
}

/** What a transaction is for. */
export interface Purpose {
  /** The stores that it uses. */
  stores: string[];
  /** Ends the message when something cannot be kept: `the checkpoint of step 7`. By default it only reads. */
  keeps?: string;
}

/**
 * Does some work in one transaction: all of it is kept, on the disk itself, or nothing.
 *
 * @param work may await nothing but its requests
 * @throws UserError when the storage is full
 */
export async function transact<T>(
  database: IDBDatabase,
  { stores, keeps }: Purpose,
  work: (transaction: IDBTransaction) => Promise<T>,
): Promise<T> {
  const mode = keeps === undefined ? 'readonly' : 'readwrite';
  const transaction = database.transaction(stores, mode, { durability: 'strict' });
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const worked = work(transaction).catch((error) => {
    abort(transaction);
    throw error;
  });
  const [kept, done] = await Promise.allSettled([ended, worked]);
  if (kept.status === 'fulfilled' && done.status === 'fulfilled') return done.value;
  const failures = [kept, done].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const full = failures.find((failure) => failure?.name === 'QuotaExceededError');
  if (full) throw await storageFull(keeps as string, full);
  throw failures.at(-1);
}

/** The result of a request. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // it has ended already, for the same reason
  }
}

async function storageFull(keeps: string, cause: unknown): Promise<UserError> {
  const { usage, quota } =
    (await globalThis.navigator?.storage?.estimate().catch(() => null)) ?? {};
  const used = quota === undefined ? '' : `: ${bytes(usage ?? 0)} of ${bytes(quota)} are used`;
  return new UserError(
    `[@fbsd/trainer] ${keeps} cannot be kept, the browser's storage is full${used}. What was kept before is whole: delete runs or pictures that are not needed any more, or make room on the disk, then go on.`,
    { cause },
  );
}
