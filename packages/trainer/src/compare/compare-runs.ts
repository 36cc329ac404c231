import { type Estimate, estimate } from './estimate.ts';

/** The result of a run, of several that are compared. */
export interface ComparedRun {
  /** What was trained: a network, a recipe. */
  variant: string;
  /** Pairs the runs of different variants. */
  seed: number;
  /** On the test images, all heads together, from 0 to 1. */
  accuracy: number;
  /** Each head alone. */
  heads: readonly HeadAccuracy[];
}

/** What a head alone comes to. */
export interface HeadAccuracy {
  /** As `level 1`. */
  name: string;
  /** On the test images, from 0 to 1. */
  accuracy: number;
}

/** A measurement by the seed of its run. */
export interface SeedValue {
  /** Of the run. */
  seed: number;
  /** From 0 to 1, or a difference of two such. */
  value: number;
}

/** An estimate with the values that it is made from. */
export interface SeedEstimate extends Estimate {
  /** In the order of the runs. */
  values: readonly SeedValue[];
}

/** The accuracy of a head over the seeds. */
export interface HeadEstimate extends Estimate {
  /** Of the head. */
  name: string;
}

/** How much better a variant is than another one, run by run of the same seed. */
export interface Difference extends SeedEstimate {
  /** The other variant, whose accuracy is subtracted. */
  against: string;
}

/** A variant over its runs. */
export interface VariantResult {
  /** Its name. */
  variant: string;
  /** Accuracy of all heads together. */
  combined: SeedEstimate;
  /** Accuracy of each head alone. */
  heads: readonly HeadEstimate[];
  /** Of all heads together, to each of the variants to compare with that has runs of the same seeds. */
  differences: readonly Difference[];
}

/**
 * Compares variants over the seeds of their runs: means with 95% t-intervals, and paired differences, whose
 * intervals are narrower the more alike two runs of a seed are.
 *
 * @param runs one for each variant and seed; variants stand in the order of their first runs
 * @param references the variants that the others are compared with
 */
export function compareRuns(
  runs: readonly ComparedRun[],
  references: readonly string[] = [],
): VariantResult[] {
  const variants = [...new Set(runs.map(({ variant }) => variant))];
  const runsOf = (name: string) => runs.filter(({ variant }) => variant === name);
  return variants.map((variant) => {
    const own = runsOf(variant);
    const values = own.map(({ seed, accuracy: value }) => ({ seed, value }));
    const names = own[0]?.heads.map(({ name }) => name) ?? [];
    return {
      variant,
      combined: { ...estimateOf(values), values },
      heads: names.map((name, i) => ({
        name,
        ...estimate(own.map(({ heads }) => heads[i]?.accuracy ?? Number.NaN)),
      })),
      differences: references
        .filter((against) => against !== variant)
        .flatMap((against) => difference(against, own, runsOf(against))),
    };
  });
}

/** The variants that others are compared with, in the order of the results. */
export function referencesOf(results: readonly VariantResult[]): string[] {
  const against = results.flatMap(({ differences }) => differences.map(({ against }) => against));
  return results.map(({ variant }) => variant).filter((variant) => against.includes(variant));
}

function difference(
  against: string,
  runs: readonly ComparedRun[],
  others: readonly ComparedRun[],
): Difference[] {
  const values = runs.flatMap(({ seed, accuracy }) => {
    const other = others.find((run) => run.seed === seed);
    return other ? [{ seed, value: accuracy - other.accuracy }] : [];
  });
  return values.length === 0 ? [] : [{ against, ...estimateOf(values), values }];
}

function estimateOf(values: readonly SeedValue[]): Estimate {
  return estimate(values.map(({ value }) => value));
}
