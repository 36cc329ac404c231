import type { ComponentChildren } from 'preact';
import './notice.css';
import { Icon } from './icons.tsx';

interface Props {
  /** `error`: what happened, and what to do about it; read out at once. */
  kind?: 'error' | 'note';
  children: ComponentChildren;
  onDismiss?: (() => void) | undefined;
}

/** A sentence or two that the person should see. */
export function Notice({ kind = 'note', children, onDismiss }: Props) {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'note'}>
      <div>{children}</div>
      {onDismiss && (
        <button
          type="button"
          class="button plain icon-only"
          aria-label="Close this message"
          onClick={onDismiss}
        >
          <Icon name="close" size={18} />
        </button>
      )}
    </div>
  );
}
