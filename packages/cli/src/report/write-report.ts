import { sharpEncoder } from '@fbsd/datasets';
import { type Report, renderReport } from '@fbsd/trainer';
import { replaceFile } from './replace-file.ts';

/**
 * Writes a report as one self-contained HTML file. It appears complete or not at all: an existing
 * report is replaced only when the new one is written.
 *
 * @param file its folder is there already
 * @throws RangeError when class names, confusion matrix, labels or pictures do not fit together
 */
export async function writeReport(file: string, report: Report): Promise<void> {
  await replaceFile(file, await renderReport(report, sharpEncoder));
}
