import { render } from 'preact';
import { App } from './app/app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { loadModel } from './state/model.ts';
import { addBirds } from './state/pictures.ts';

render(<App />, document.getElementById('app') as HTMLElement);

void loadModel({ kind: 'bundled' });
void addBirds().catch(() => {}); // without its Worker the page says so itself
