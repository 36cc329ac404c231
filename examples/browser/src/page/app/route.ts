import { computed, signal } from '@preact/signals';

/** The screens, in their order. */
export const SCREENS = [
  { id: 'try', title: 'Try' },
  { id: 'explain', title: 'Explain' },
  { id: 'data', title: 'Data' },
  { id: 'train', title: 'Train' },
  { id: 'export', title: 'Export' },
] as const;

/** The part of the address after `#` that names a screen. */
export type ScreenId = (typeof SCREENS)[number]['id'];

const hash = signal(location.hash);
window.addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** The screen that is shown; the first one where the address names none. */
export const screen = computed<ScreenId>(() => {
  const named = hash.value.replace(/^#\/?/, '');
  return SCREENS.find(({ id }) => id === named)?.id ?? 'try';
});

/** Shows a screen. */
export function show(id: ScreenId): void {
  location.hash = `#${id}`;
}
