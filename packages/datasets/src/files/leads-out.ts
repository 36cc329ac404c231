/** Tells if a path leaves the folder that it is relative to, on any system: absolute, with a drive letter, or by `..`. */
export function leadsOut(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes('..');
}
