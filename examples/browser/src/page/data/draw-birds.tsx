import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons.tsx';
import { addDrawnBirds } from '../state/datasets.ts';

/** Pictures of each of the ten classes. */
const PER_CLASS = { least: 5, default: 40, most: 200 } as const;

/** Draws a data set, to try the page without pictures of one's own. */
export function DrawBirds() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        <Icon name="bird" /> Draw birds
      </button>
      {open && <DrawBirdsDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function DrawBirdsDialog({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [perClass, setPerClass] = useState<number>(PER_CLASS.default);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const draw = (event: SubmitEvent) => {
    event.preventDefault();
    dialog.current?.close();
    void addDrawnBirds(perClass, Math.floor(Math.random() * 2 ** 32));
  };
  return (
    <dialog ref={dialog} class="new-class" aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>Draw birds</h2>
      <p class="soft">
        Birds of ten kinds that only combinations of small marks tell apart: enough to see a model
        learn without pictures of your own.
      </p>
      <form class="stack" onSubmit={draw}>
        <label class="field">
          <span class="label">Pictures of each kind</span>
          <input
            class="input"
            type="number"
            min={PER_CLASS.least}
            max={PER_CLASS.most}
            required
            value={perClass}
            onInput={({ currentTarget }) => setPerClass(currentTarget.valueAsNumber)}
          />
          <span class="hint">A fifth of them is kept for testing.</span>
        </label>
        <div class="row">
          <button type="submit" class="button primary">
            Draw {Number.isFinite(perClass) ? perClass * 10 : ''} pictures
          </button>
          <button type="button" class="button plain" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
