/** A map from arrays of 32-bit words, compared by value: without the strings that a `Map` would need. */
export class WordMap<V> {
  private readonly buckets = new Map<number, Entry<V>[]>();

  get(words: Int32Array): V | undefined {
    const bucket = this.buckets.get(hashOf(words));
    if (!bucket) return undefined;
    for (const entry of bucket) if (equal(entry.words, words)) return entry.value;
    return undefined;
  }

  /** Adds what is not there; the words are copied. */
  add(words: Int32Array, value: V): void {
    const hash = hashOf(words);
    const entry = { words: words.slice(), value };
    const bucket = this.buckets.get(hash);
    if (bucket) bucket.push(entry);
    else this.buckets.set(hash, [entry]);
  }

  /** Removes those of which `condition` is true. */
  removeIf(condition: (value: V) => boolean): void {
    for (const [hash, bucket] of this.buckets) {
      const kept = bucket.filter(({ value }) => !condition(value));
      if (kept.length === 0) this.buckets.delete(hash);
      else if (kept.length < bucket.length) this.buckets.set(hash, kept);
    }
  }
}

interface Entry<V> {
  readonly words: Int32Array;
  readonly value: V;
}

function equal(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Multiplies by an odd number with bits everywhere, and lets the upper bits reach the lower ones. */
function hashOf(words: Int32Array): number {
  let hash = words.length;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
