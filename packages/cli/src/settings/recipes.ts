import type { Settings } from './settings.ts';

/** How to train, by name: what `--recipe` stands for. Flags that are given beside it win. */
export const RECIPES = {
  /** What is trained with where nothing is given. */
  cosine: { schedule: 'cosine' },
  /** The published code's learning rates. */
  reference: { schedule: 'reference' },
  /** What was published since. */
  modern: { labelSmoothing: 0.1, emaDecay: 0.999, tta: 'flip' },
} as const satisfies Readonly<Record<string, Partial<Settings>>>;

/** The name of a recipe. */
export type RecipeName = keyof typeof RECIPES;

/** The meaning of --recipe, for help texts: each recipe as the settings that it stands for. */
export const RECIPE_HELP = `${Object.keys(RECIPES).join(' | ')}: modern is --label-smoothing ${RECIPES.modern.labelSmoothing} --ema ${RECIPES.modern.emaDecay} --tta ${RECIPES.modern.tta}`;

/**
 * The settings of a recipe, with those that were given in their place. Who lets no picture be mirrored in training has no
 * test by mirror images either.
 */
export function withRecipe(name: RecipeName, given: Partial<Settings>): Partial<Settings> {
  const recipe: Partial<Settings> = RECIPES[name];
  const mirrors = given.horizontalFlip !== 0;
  return { ...recipe, ...(recipe.tta && !mirrors && { tta: 'none' }), ...given };
}
