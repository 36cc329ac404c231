import type { Explained } from '../../engine/engine.ts';
import { fileName } from '../words/file-name.ts';
import { levelStory } from '../words/level-story.ts';
import './levels.css';

/** What each level boosted and weakened, and where it responds. */
export function Levels({ explained }: { explained: readonly Explained[] }) {
  const levels = explained[0]?.levels ?? [];
  return (
    <section class="stack" aria-labelledby="levels-title">
      <h2 id="levels-title">Level by level</h2>
      <p class="soft levels-lede">
        A level cuts the picture into strips and weighs them: the winner is framed, its weight
        beside it. What is hatched is weakened for the next level. Where it glows, the level
        responds.
      </p>
      {levels.map((_, level) => (
        <section key={level} class="level" aria-labelledby={`level-${level}`}>
          <h3 id={`level-${level}`}>Level {level + 1}</h3>
          <div class="pictures">
            {explained.map((picture, i) => (
              <LevelOf key={i} explained={picture} level={level} />
            ))}
          </div>
        </section>
      ))}
    </section>
  );
}

function LevelOf({
  explained: { name, levels, inspection },
  level,
}: {
  explained: Explained;
  level: number;
}) {
  const shown = levels[level];
  const inspected = inspection?.levels[level];
  if (!shown || !inspected) return null;
  const of = `by level ${level + 1}, in ${fileName(name)}`;
  return (
    <div class="level-of">
      <ul>
        <li>
          <span>Boosted</span>
          <img src={shown.boosted} alt={`What is boosted ${of}`} />
        </li>
        <li class={inspected.suppressedIsUsed ? undefined : 'unused'}>
          <span>Weakened</span>
          <img src={shown.suppressed} alt={`What is weakened ${of}`} />
        </li>
        <li>
          <span>Response</span>
          <img src={shown.response} alt={`Where the response lies ${of}`} />
        </li>
      </ul>
      <p class="small soft">{levelStory(inspected)}</p>
    </div>
  );
}
