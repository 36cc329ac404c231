import { signal } from '@preact/signals';

/** What a screen reader is told next, when it comes to it. */
export const announcement = signal('');

/** Tells something that happened away from where the person is: an end, not every step on the way to it. */
export function announce(sentence: string): void {
  announcement.value = sentence;
}
