import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import './drop-zone.css';

interface Props {
  children: ComponentChildren;
  class?: string;
  onDrop(dropped: DataTransfer): void;
}

/** Takes what is dropped on it. The buttons in it do the same without a mouse. */
export function DropZone({ children, class: className = '', onDrop }: Props) {
  const [over, setOver] = useState(false);
  const inside = useRef(0); // entering a child comes before leaving its parent
  const end = () => {
    inside.current = 0;
    setOver(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what can be dropped can also be chosen with the buttons inside
    <div
      class={`drop-zone ${className}${over ? ' over' : ''}`}
      onDragEnter={() => {
        inside.current++;
        setOver(true);
      }}
      onDragLeave={() => {
        if (--inside.current <= 0) end();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        end();
        if (event.dataTransfer) onDrop(event.dataTransfer);
      }}
    >
      {children}
    </div>
  );
}
