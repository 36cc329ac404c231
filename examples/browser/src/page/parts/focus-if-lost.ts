/** Gives an element the focus where what had it is gone, so that the keyboard goes on here and not at the top. */
export function focusIfLost(element: HTMLElement | null | undefined): void {
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body) element?.focus();
}
