import { useEffect } from 'preact/hooks';
import { show } from '../app/route.ts';
import { Empty } from '../parts/empty.tsx';
import { Notice } from '../parts/notice.tsx';
import { ScreenTitle } from '../parts/screen-title.tsx';
import { chosen, explainChosen, explainError, explained, explaining } from '../state/explaining.ts';
import { model } from '../state/model.ts';
import { pictures, truthOf } from '../state/pictures.ts';
import { Explanation } from './explanation.tsx';
import './explain-screen.css';
import { PictureChoice } from './picture-choice.tsx';

/** Shows what decided: of one picture, or of two side by side. */
export function ExplainScreen() {
  const first = pictures.value[0]?.id;
  const isReady = model.value !== null;
  const ids = chosen.value.filter((id) => pictures.value.some((picture) => picture.id === id));
  useEffect(() => {
    if (ids.length === 0 && first !== undefined) chosen.value = [first];
    void explainChosen();
  }, [ids.join(), first, isReady]);

  const results = ids.flatMap((id) => {
    const picture = pictures.value.find((each) => each.id === id);
    const made = explained.value.get(id);
    return picture && made ? [{ ...made, truth: truthOf(picture) }] : [];
  });
  return (
    <>
      <ScreenTitle lede="Each level of the model looks for one telling part of the picture, boosts it for its own answer, and weakens it so that the next level has to find another.">
        What decided?
      </ScreenTitle>
      {model.value?.levels === 0 ? (
        <Empty icon="explain" title="This model has no levels to explain">
          <p>
            It was not made with FBSD’s modules. It classifies, but does not tell what it looked at.
          </p>
          <a class="button" href="#try">
            Take another model
          </a>
        </Empty>
      ) : pictures.value.length === 0 ? (
        <Empty icon="picture" title="No picture yet">
          <p>Give the model a picture on the screen Try; then this one shows what decided.</p>
          <button type="button" class="button primary" onClick={() => show('try')}>
            Choose a picture
          </button>
        </Empty>
      ) : (
        <div class="stack explain-stack">
          <PictureChoice />
          {explainError.value && <Notice kind="error">{explainError.value}</Notice>}
          {results.length > 0 && results.length === ids.length ? (
            <Explanation explained={results} />
          ) : (
            !explainError.value && (
              <div class="explain-waiting card" aria-busy="true">
                <p class="soft">
                  {isReady || explaining.value ? 'Looking into the model …' : 'Loading the model …'}
                </p>
              </div>
            )
          )}
        </div>
      )}
    </>
  );
}
