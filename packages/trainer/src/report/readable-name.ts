/** 001.Black_footed_Albatross → Black footed Albatross */
export function readableName(className: string): string {
  return className.replace(/^\d+\./, '').replaceAll('_', ' ');
}
