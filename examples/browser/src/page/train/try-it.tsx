import { show } from '../app/route.ts';
import { Icon } from '../parts/icons.tsx';
import { loadModel } from '../state/model.ts';

/** Takes a run's model to the screen Try. */
export function TryIt({ run }: { run: string }) {
  return (
    <button
      type="button"
      class="button"
      onClick={() => {
        void loadModel({ kind: 'run', run });
        show('try');
      }}
    >
      <Icon name="try" size={18} /> Try it<span class="unseen">: {run}</span>
    </button>
  );
}
