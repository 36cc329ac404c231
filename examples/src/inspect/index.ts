export { type Inspection, inspectImages, type LevelInspection } from './inspect.ts';
export { levelPictures } from './level-pictures.ts';
export type { Report } from './page.ts';
export { writeReport } from './report.ts';
export type { ReportSample } from './sample-card.ts';
