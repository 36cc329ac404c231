import { count } from '@fbsd/trainer/format';

/** 1 picture, 2 pictures, 1,200 pictures; 2 classes. */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
