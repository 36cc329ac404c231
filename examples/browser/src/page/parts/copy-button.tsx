import { useState } from 'preact/hooks';
import { announce } from '../state/announcement.ts';
import { Icon } from './icons.tsx';

/** Copies a text. */
export function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const copy = async () => {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setCopied(done ? 'yes' : 'no');
    announce(
      done ? 'Copied.' : 'The browser did not let the page copy: select the text and copy it.',
    );
    setTimeout(() => setCopied(undefined), 2000);
  };
  const words = { yes: 'Copied', no: 'Select and copy it' };
  return (
    <button type="button" class="button" onClick={copy}>
      <Icon name={copied === 'yes' ? 'check' : 'copy'} size={18} />
      {copied ? words[copied] : 'Copy'}
    </button>
  );
}
