/**
 * Maps `items` through an asynchronous function, at most `limit` of them at a time.
 *
 * @returns the results in the order of the items
 * @throws the error of the first call that fails, once the calls under way have ended
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const errors: unknown[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length && errors.length === 0) {
      const i = next++;
      try {
        results[i] = await map(items[i] as T, i);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  if (errors.length > 0) throw errors[0];
  return results;
}
