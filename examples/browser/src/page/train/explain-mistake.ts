import { show } from '../app/route.ts';
import { engine } from '../engine.ts';
import { explainOnly } from '../state/explaining.ts';
import { loadModel, modelSource } from '../state/model.ts';
import { addPictures, pictures } from '../state/pictures.ts';

/** Shows what decided when a run's model took a picture of its data set for something else. */
export async function explainMistake(run: string, dataset: string, path: string): Promise<void> {
  const blob = await engine.picture(dataset, path);
  const source = modelSource.value;
  if (source.kind !== 'run' || source.run !== run) await loadModel({ kind: 'run', run });
  addPictures([{ path, blob }]);
  const [added] = pictures.value;
  if (added) explainOnly(added.id);
  show('explain');
}
