const NAMED = 5;

/** Counts pictures that cannot be read, and names the first ones: a sentence without its full stop. */
export function countUnreadable(
  unreadable: readonly { path: string; reason: string }[],
  total: number,
): string {
  const named = unreadable.slice(0, NAMED).map(({ path, reason }) => `${path} (${reason})`);
  if (unreadable.length > NAMED) named.push('…');
  return `${unreadable.length} of ${total} pictures cannot be read: ${named.join(', ')}`;
}
