import { UserError } from '@fbsd/trainer';

/** Fetches a file that comes with the page. @param path beside index.html */
export async function fetchOwn(path: string): Promise<Response> {
  const response = await fetch(new URL(path, pageAddress())).catch(() => null);
  if (response?.ok) return response;
  throw new UserError(
    'A file that comes with the page could not be loaded. Look whether you are online, and load the page again.',
  );
}

/** Where index.html is: this script is in a folder beside it. */
function pageAddress(): URL {
  const script = new URL(import.meta.url);
  return new URL(import.meta.env.PROD ? '../' : '/', script);
}
