import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** An HTML page that needs nothing else: no script, no file, no network; light or dark as the reader has it. */
export function htmlDocument(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}
