import { Turns } from '../../src/pictures/turns.ts';

describe('Turns', () => {
  /** Takes room for each size, and notes who has it. */
  function comers(turns: Turns, sizes: readonly number[]) {
    const inside: number[] = [];
    sizes.forEach((size, i) => {
      const turn = turns.take(size);
      if (turn) turn.then(() => inside.push(i));
      else inside.push(i);
    });
    return inside;
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test('who fits has a turn at once, the others in the order of coming', async () => {
    const turns = new Turns(10);
    const inside = comers(turns, [4, 6, 3, 1, 9]);
    expect(inside).toEqual([0, 1]);
    turns.give(4);
    await settled();
    expect(inside).toEqual([0, 1, 2, 3]); // 6 + 3 + 1
    turns.give(6);
    turns.give(3);
    await settled();
    expect(inside).toEqual([0, 1, 2, 3, 4]); // 1 + 9
  });

  test('nobody overtakes one that needs more room', async () => {
    const turns = new Turns(10);
    const inside = comers(turns, [8, 5, 1]);
    await settled();
    expect(inside).toEqual([0]);
  });

  test('what is larger than the room has it alone', async () => {
    const turns = new Turns(10);
    const inside = comers(turns, [1, 99, 1]);
    expect(inside).toEqual([0]);
    turns.give(1);
    await settled();
    expect(inside).toEqual([0, 1]);
    turns.give(99);
    await settled();
    expect(inside).toEqual([0, 1, 2]);
  });
});
