import { doingWords, type PageDoing } from '../words/doing-words.ts';
import './progress.css';

/** How far something is, in words and as a bar; a bar without an end while nobody knows. */
export function Progress({ doing }: { doing: PageDoing }) {
  const words = doingWords(doing);
  return (
    <div class="progress">
      <span>{words}</span>
      <progress
        aria-label={words}
        max={doing.total ?? 1}
        value={doing.total ? doing.done : undefined}
      />
    </div>
  );
}
