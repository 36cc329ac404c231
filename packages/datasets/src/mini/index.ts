import { planes } from './aircraft/index.ts';
import { birds, hardBirds } from './birds/index.ts';
import { cars } from './cars/index.ts';
import { dogs } from './dogs/index.ts';
import { type Drawings, drawingsOf } from './drawings.ts';

export type { Drawing, Drawings } from './drawings.ts';
export type { MiniSettings } from './drawn-dataset.ts';

/** The birds of mini-CUB, with boxes and the parts of CUB-200-2011. */
export const drawnBirds: Drawings = drawingsOf(birds);
/** The birds of mini-CUB-hard, likewise: of more classes, with smaller marks, behind stems. */
export const drawnHardBirds: Drawings = drawingsOf(hardBirds);
/** The cars of mini-Cars, with boxes. */
export const drawnCars: Drawings = drawingsOf(cars);
/** The aeroplanes of mini-Aircraft, with boxes, and a banner of 20 pixels below each picture that is to be cut off. */
export const drawnAircraft: Drawings = drawingsOf(planes);
/** The dogs of mini-Dogs, with boxes. */
export const drawnDogs: Drawings = drawingsOf(dogs);
