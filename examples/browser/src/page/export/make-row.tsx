import { bytes, percent } from '@fbsd/trainer/format';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Doing, Exported } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { focusIfLost } from '../parts/focus-if-lost.ts';
import { Icon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { Progress } from '../parts/progress.tsx';
import { announce } from '../state/announcement.ts';
import { trainingNow } from '../state/training.ts';
import { whileDoing } from '../state/while-doing.ts';
import { messageOf } from '../words/message-of.ts';
import type { Choice } from './kinds.ts';
import './make-row.css';

interface Props {
  run: string;
  choice: Choice;
  /** What it is, for screen readers. */
  name: string;
  onMade(made: Exported): void;
}

/** One form of a download: made when it is asked for, tested, then saved. */
export function MakeRow({ run, choice: { kind, title }, name, onMade }: Props) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const [made, setMade] = useState<Exported>();
  const [error, setError] = useState<string>();
  const make = async () => {
    setError(undefined);
    setDoing({ what: 'packing', done: 0, unit: 'files' });
    try {
      const exported = await whileDoing(setDoing, (onDoing) => engine.export(run, kind, onDoing));
      setMade(exported);
      onMade(exported);
      announce(`${name}: ready to save.`);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  return (
    <li class="make-row">
      <div>
        {title && <p>{title}</p>}
        {made?.accuracy !== undefined && (
          <p class="small soft">
            {percent(made.accuracy)} right when it is loaded again
            {made.accuracyBefore !== undefined && `, ${percent(made.accuracyBefore)} before`}
          </p>
        )}
      </div>
      {doing ? (
        <Progress doing={doing} />
      ) : made ? (
        <Save made={made} name={name} />
      ) : (
        <button type="button" class="button" disabled={trainingNow.value} onClick={make}>
          Make it<span class="unseen">: {name}</span>
        </button>
      )}
      {error && <Notice kind="error">{error}</Notice>}
    </li>
  );
}

/** Saves what was made. Its address is given back when it is not shown any more. */
function Save({ made: { name: file, blob }, name }: { made: Exported; name: string }) {
  const [address, setAddress] = useState<string>();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => focusIfLost(link.current), []);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return (
    <a ref={link} class="button primary" href={address ?? '#export'} download={file} title={file}>
      <Icon name="export" size={18} /> Save {bytes(blob.size)}
      <span class="unseen">: {name}</span>
    </a>
  );
}
