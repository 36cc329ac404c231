import { type Html, html } from './html.ts';

/** The settings of a run, by name. */
export function settingsTable(settings: Readonly<Record<string, unknown>>): Html {
  const entries = Object.entries(settings);
  if (entries.length === 0) return html`<p class="quiet">None were recorded.</p>`;
  return html`<table class="plain settings"><tbody>${entries.map(
    ([name, value]) =>
      html`<tr><th scope="row">${name}</th><td><code>${typeof value === 'string' ? value : JSON.stringify(value)}</code></td></tr>\n`,
  )}</tbody></table>`;
}
