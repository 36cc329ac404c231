import type { InferenceOptions } from '@fbsd/trainer';
import type { Given } from '../settings/command-line.ts';
import { readValue } from '../settings/flags.ts';
import { oneOf } from '../settings/values.ts';

/** The meaning of --tta, for help texts. */
export const TTA_HELP = {
  'tta flip':
    'test-time augmentation: the mean of the logits of each picture and its mirror image, in twice the time',
};

/** What --tta asks for. @throws UserError when it is given another value than `flip` */
export function readTta(given: Given): Required<InferenceOptions> {
  const { tta } = given;
  if (typeof tta === 'string') readValue('tta', oneOf(['flip']), tta);
  return { flip: tta !== undefined };
}
