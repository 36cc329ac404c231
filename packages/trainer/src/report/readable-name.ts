/** Makes the name of a class readable: 001.Black_footed_Albatross → Black footed Albatross. */
export function readableName(className: string): string {
  return className.replace(/^\d+\./, '').replaceAll('_', ' ');
}
