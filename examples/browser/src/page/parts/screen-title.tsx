import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './screen-title.css';

interface Props {
  children: string;
  lede: ComponentChildren;
}

let first = true;

/** The title of a screen, which takes the focus when the screen is shown, so that reading goes on there. */
export function ScreenTitle({ children, lede }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · FBSD`;
    if (!first) title.current?.focus();
    first = false;
  }, [children]);
  return (
    <header class="screen-title">
      <h1 ref={title} tabIndex={-1}>
        {children}
      </h1>
      <p>{lede}</p>
    </header>
  );
}
