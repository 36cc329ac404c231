import { useEffect, useRef, useState } from 'preact/hooks';
import { changeDataset } from '../state/datasets.ts';
import './rename.css';

interface Props {
  dataset: string;
  /** Of the class, as it is. */
  name: string;
  onDone(): void;
}

/** Gives a class another name. */
export function Rename({ dataset, name, onDone }: Props) {
  const [to, setTo] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const rename = (event: SubmitEvent) => {
    event.preventDefault();
    onDone();
    if (to.trim() !== name) {
      void changeDataset(dataset, { change: 'rename', from: name, to: to.trim() });
    }
  };
  return (
    <form class="rename" onSubmit={rename} onKeyDown={({ key }) => key === 'Escape' && onDone()}>
      <label>
        <span class="unseen">New name of {name}</span>
        <input
          ref={input}
          class="input"
          required
          pattern=".*\S.*"
          title="A name is not empty."
          value={to}
          onInput={({ currentTarget }) => setTo(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary">
        Save
      </button>
    </form>
  );
}
