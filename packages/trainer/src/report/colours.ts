/** Right answers and mistakes in the confusion matrix: red, green, blue. They read on light and dark. */
export const RIGHT = [38, 112, 196] as const;
export const WRONG = [217, 72, 40] as const;
