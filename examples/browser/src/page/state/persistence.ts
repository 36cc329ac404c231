/**
 * Asks the browser not to delete pictures and runs where it needs room. It answers by its own rules, or asks the person;
 * where it refuses, or cannot be asked, everything works all the same.
 */
export function askToPersist(): void {
  void navigator.storage?.persist?.().catch(() => {});
}
