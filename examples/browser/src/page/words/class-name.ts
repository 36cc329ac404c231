/** Makes the name of a class readable: 001.Black_footed_Albatross → Black footed Albatross. */
export function className(name: string | undefined): string {
  return (name ?? '?').replace(/^\d+\./, '').replaceAll('_', ' ');
}
