import type { ComponentChildren } from 'preact';
import './empty.css';
import { Icon, type IconName } from './icons.tsx';

interface Props {
  icon: IconName;
  title: string;
  children: ComponentChildren;
}

/** Stands where nothing is yet, and says how to get something. */
export function Empty({ icon, title, children }: Props) {
  return (
    <div class="empty card">
      <Icon name={icon} size={32} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
