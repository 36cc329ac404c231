import { CopyButton } from '../parts/copy-button.tsx';
import './snippet-view.css';
import type { Snippet } from './snippets.ts';

/** Code to copy. */
export function SnippetView({ snippet: { how, code } }: { snippet: Snippet }) {
  return (
    <div class="snippet">
      <div class="snippet-head">
        <p class="small soft">{how}</p>
        <CopyButton text={code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </div>
  );
}
