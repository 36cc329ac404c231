import { MIXED_FAMILIES } from './mixed-families.ts';
import { SANS_FAMILIES } from './sans-families.ts';

/** The families that there are pictures of: `sans` are much alike, `mixed` easy to tell apart; none is in both. */
export const FAMILY_SETS = {
  sans: { name: 'typefaces', families: SANS_FAMILIES },
  mixed: { name: 'typefaces-mixed', families: MIXED_FAMILIES },
} as const;

/** The name of a set of families. */
export type FamilySet = keyof typeof FAMILY_SETS;
