import { signal } from '@preact/signals';

/** Why the Worker that computes is gone, where it is. */
export const workerFailure = signal<string | null>(null);
