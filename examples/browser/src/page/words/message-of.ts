/** The words of an error for the person at the page: without the name of the package that it came from. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const words = message.replace(/^\[[^\]]+\]\s*/, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
