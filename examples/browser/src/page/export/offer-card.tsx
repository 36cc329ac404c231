import { proxy } from 'comlink';
import { useState } from 'preact/hooks';
import type { Doing, Exported } from '../../engine/engine.ts';
import { engine } from '../engine.ts';
import { Notice } from '../parts/notice.tsx';
import { Progress } from '../parts/progress.tsx';
import { announce } from '../state/announcement.ts';
import { trainingNow } from '../state/training.ts';
import { messageOf } from '../words/message-of.ts';
import { Download } from './download.tsx';
import type { Offer } from './kinds.ts';
import './offer-card.css';
import { SnippetView } from './snippet-view.tsx';
import { snippetFor } from './snippets.ts';

interface Props {
  run: string;
  offer: Offer;
}

/** Something that can be downloaded: made when it is asked for, tested, then saved. */
export function OfferCard({ run, offer: { kind, title, hint } }: Props) {
  const [doing, setDoing] = useState<Doing>();
  const [made, setMade] = useState<Exported>();
  const [error, setError] = useState<string>();
  const make = async () => {
    setError(undefined);
    setDoing({ what: 'packing', done: 0, unit: 'files' });
    try {
      await engine.export(run, kind, proxy(setDoing)).then(setMade);
      announce(`${title} is ready to download.`);
    } catch (reason) {
      setError(messageOf(reason));
    }
    setDoing(undefined);
  };
  const snippet = made && snippetFor(kind.kind, made.name);
  return (
    <li class="offer card">
      <div>
        <h2>{title}</h2>
        <p class="small soft">{hint}</p>
      </div>
      {made ? (
        <Download made={made} />
      ) : doing ? (
        <Progress doing={doing} />
      ) : (
        <button type="button" class="button" disabled={trainingNow.value} onClick={make}>
          Make it<span class="unseen">: {title}</span>
        </button>
      )}
      {!made && trainingNow.value && <p class="small soft">Not while it trains: pause first.</p>}
      {error && <Notice kind="error">{error}</Notice>}
      {snippet && <SnippetView snippet={snippet} />}
    </li>
  );
}
