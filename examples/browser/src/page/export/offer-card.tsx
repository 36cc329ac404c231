import { useState } from 'preact/hooks';
import type { Exported } from '../../engine/engine.ts';
import type { Offer } from './kinds.ts';
import { MakeRow } from './make-row.tsx';
import './offer-card.css';
import { SnippetView } from './snippet-view.tsx';
import { snippetFor } from './snippets.ts';

interface Props {
  run: string;
  offer: Offer;
}

/** Something that can be downloaded, in one form or several, and code that uses it. */
export function OfferCard({ run, offer: { title, hint, choices } }: Props) {
  const [made, setMade] = useState<Exported>();
  const kind = choices[0]?.kind.kind;
  const snippet = made && kind && snippetFor(kind, run, made.name);
  return (
    <li class="offer card">
      <div class="offer-words">
        <h2>{title}</h2>
        <p class="small soft">{hint}</p>
      </div>
      <ul class="choices">
        {choices.map((choice) => (
          <MakeRow
            key={choice.title}
            run={run}
            choice={choice}
            name={choice.title ?? title}
            onMade={setMade}
          />
        ))}
      </ul>
      {snippet && <SnippetView snippet={snippet} />}
    </li>
  );
}
