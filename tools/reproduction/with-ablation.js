/** Where ablations that are not there yet are put. */
export const ALL = '<!-- ablations -->';

/**
 * A document with the tables of an ablation, in place of those that were there under its name.
 *
 * @param {string} document
 * @param {string} name
 * @param {string} tables
 * @throws {Error} when the document has no mark
 */
export function withAblation(document, name, tables) {
  const [begin, end] = [`<!-- ablation ${name} -->`, `<!-- end of ${name} -->`];
  const block = `${begin}\n### ${name}\n${tables.trim()}\n${end}`;
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from >= 0 && to > from)
    return document.slice(0, from) + block + document.slice(to + end.length);
  if (from < 0 && to < 0 && document.includes(ALL))
    return document.replace(ALL, () => `${block}\n\n${ALL}`);
  throw new Error(`expected the marks '${begin}' and '${end}', or '${ALL}' alone`);
}
