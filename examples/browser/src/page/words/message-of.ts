/** The words of an error for the person at the page: without the name of the package that it came from. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^\[[^\]]+\]\s*/, '');
}
