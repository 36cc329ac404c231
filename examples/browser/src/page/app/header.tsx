import { Icon } from '../parts/icons.tsx';
import { trainingNow } from '../state/training.ts';
import { Device } from './device.tsx';
import './header.css';
import { SCREENS, screen } from './route.ts';

/** The name, the screens, and what computes. On a phone the screens are at the bottom, where thumbs are. */
export function Header() {
  return (
    <header class="header">
      <button
        type="button"
        class="skip button"
        onClick={() => document.querySelector('h1')?.focus()}
      >
        Skip to the content
      </button>
      <div class="inner">
        <span class="wordmark">
          <Icon name="bird" size={24} /> FBSD
        </span>
        <nav aria-label="Screens">
          {SCREENS.map(({ id, title }) => (
            <a key={id} href={`#${id}`} aria-current={screen.value === id ? 'page' : undefined}>
              <Icon name={id} size={20} />
              {title}
              {id === 'train' && trainingNow.value && (
                <span class="under-way">
                  <span class="unseen">, under way</span>
                </span>
              )}
            </a>
          ))}
        </nav>
        <Device />
      </div>
    </header>
  );
}
