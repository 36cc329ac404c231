import { html } from '../../src/report/html.ts';

describe('html', () => {
  test('escapes values, in text and in attributes', () => {
    expect(html`<p title="${'"a"'}">${`<&'`}</p>`.text).toBe(
      '<p title="&quot;a&quot;">&lt;&amp;&#39;</p>',
    );
  });

  test('keeps HTML, joins arrays, leaves out what is nothing', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${false}${null}${undefined}${0}`.text).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
    );
  });
});
