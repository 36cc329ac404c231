import type { StoredDataset } from '../../engine/engine.ts';
import { ClassCard } from './class-card.tsx';
import './class-cards.css';
import { picturesOf } from './pictures-of.ts';

/** A card for each class. */
export function ClassCards({ dataset }: { dataset: StoredDataset }) {
  return (
    <section aria-labelledby="classes-title">
      <h2 id="classes-title" class="unseen">
        Classes
      </h2>
      <ul class="class-cards">
        {dataset.classNames.map((name, label) => (
          <ClassCard
            key={name}
            dataset={dataset.name}
            name={name}
            pictures={picturesOf(dataset, label)}
          />
        ))}
      </ul>
    </section>
  );
}
