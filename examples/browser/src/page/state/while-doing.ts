import { type ProxyMarked, proxy } from 'comlink';
import type { Doing, OnDoing } from '../../engine/engine.ts';

/**
 * Tells how far work in the Worker is, and null when it is done. What the Worker told on the way may arrive after its
 * result: they come through different ports.
 */
export async function whileDoing<T>(
  tell: (doing: Doing | null) => void,
  work: (onDoing: OnDoing & ProxyMarked) => Promise<T>,
): Promise<T> {
  let isOver = false;
  try {
    return await work(
      proxy((doing: Doing) => {
        if (!isOver) tell(doing);
      }),
    );
  } finally {
    isOver = true;
    tell(null);
  }
}
