import { type PictureResult, type Sample, worstMistakes } from '@fbsd/trainer';

/** Images that a report explains. */
const EXPLAINED = 12;
/** Of them at most so many mistakes: what goes well tells as much. */
const MISTAKES = 6;

/**
 * Some images to explain: the worst mistakes first, then others, spread evenly over the classes.
 *
 * @param samples to pick from
 * @param results what the model makes of them, in their order; none when they were not tested
 */
export function pickSamples(
  samples: readonly Sample[],
  results: readonly PictureResult[],
): Sample[] {
  const mistakes = worstMistakes(samples, results, MISTAKES).map(({ sample }) => sample);
  const others = samples
    .filter((sample) => !mistakes.includes(sample))
    .sort((a, b) => a.label - b.label || a.id - b.id);
  const count = Math.min(EXPLAINED - mistakes.length, others.length);
  const spread = Array.from(
    { length: count },
    (_, i) => others[Math.floor(((i + 0.5) * others.length) / count)] as Sample,
  );
  return [...mistakes, ...spread];
}
