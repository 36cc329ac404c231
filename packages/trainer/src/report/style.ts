import { ORDER_NAMES } from './class-table.ts';
import { RIGHT, WRONG } from './colours.ts';
import { Html } from './html.ts';

/** The rows of the table of classes take the places that they have in the order that is checked. */
const ORDERED = ORDER_NAMES.map(
  (name) => `.classes:has(.by-${name}:checked) tbody tr { order: var(--${name}); }`,
).join('\n');

/** The look of the report: one column of sections, light or dark as the reader has it. */
export const STYLE: Html = new Html(`
:root {
  --paper: #fbfaf8; --card: #ffffff; --ink: #1d1c1a; --soft: #6d6a64; --rule: #e4e1db;
  --train: #a3a09a; --test: #2a62c8; --boost: #f2a900; --good: #1c7a43; --bad: #b93a1e;
  --right: ${RIGHT.join(' ')}; --wrong: ${WRONG.join(' ')}; --mark: #25d7f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161513; --card: #1f1e1b; --ink: #edebe6; --soft: #a19d95; --rule: #35332e;
    --train: #77736c; --test: #7aa7f5; --boost: #ffc33d; --good: #63c98b; --bad: #f2856a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1160px; margin: 0 auto; padding: 40px 24px 96px; }
p { margin: 0; }
h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { margin: 72px 0 16px; font-size: 21px; letter-spacing: -0.01em; }
h3 { margin: 12px 0 2px; font-size: 17px; line-height: 1.3; overflow-wrap: anywhere; }
h4 { margin: 0 0 2px; font-size: 14px; }
.eyebrow { color: var(--soft); font-size: 13px; margin-bottom: 4px; }
.quiet { color: var(--soft); }
a { color: var(--test); }
.about { margin-top: 6px; } .command { margin-top: 6px; overflow-wrap: anywhere; }
.untested { margin-top: 24px; }
nav { display: flex; flex-wrap: wrap; gap: 6px 22px; margin-top: 32px; padding: 12px 0; border-block: 1px solid var(--rule); font-size: 14px; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
h2 { scroll-margin-top: 16px; }
.lede { max-width: 68ch; margin-bottom: 24px; font-size: 16px; }
.boosts { box-shadow: 0 0 0 1.5px var(--boost); padding: 0 3px; border-radius: 3px; }
.suppresses { background: repeating-linear-gradient(135deg, var(--rule) 0 3px, transparent 3px 6px); padding: 0 3px; border-radius: 3px; }
figure { margin: 0; }
details { margin-top: 16px; }
summary { cursor: pointer; color: var(--soft); font-size: 14px; }
summary:hover { color: var(--ink); }
:focus-visible { outline: 2px solid var(--test); outline-offset: 2px; border-radius: 3px; }

table { border-collapse: collapse; }
caption { text-align: left; color: var(--soft); font-size: 13px; padding-bottom: 6px; }
.plain { width: 100%; font-size: 14px; }
.plain th, .plain td { text-align: left; font-weight: 400; padding: 5px 12px 5px 0; border-top: 1px solid var(--rule); vertical-align: baseline; overflow-wrap: anywhere; }
.plain thead th { color: var(--soft); font-size: 13px; border-top: 0; }
.plain .number { text-align: right; padding-right: 0; padding-left: 12px; white-space: nowrap; }

.headline { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 32px 56px; margin-top: 36px; align-items: end; }
.figure { font-size: clamp(64px, 11vw, 104px); line-height: 0.95; font-weight: 650; letter-spacing: -0.045em; margin-bottom: 14px; }
.meter { position: relative; display: block; height: 6px; border-radius: 3px; background: var(--rule); }
.meter i { display: block; height: 100%; border-radius: 3px; background: var(--test); }
.meter s { position: absolute; top: -3px; bottom: -3px; width: 2px; margin-left: -1px; background: var(--ink); opacity: 0.55; }
.result > .meter { margin-top: 16px; height: 8px; }
.heads td div { display: flex; align-items: center; gap: 12px; }
.heads td .meter { flex: 1; min-width: 60px; }
.heads b { font-weight: 500; min-width: 4em; text-align: right; }
.heads th { white-space: nowrap; }
.heads .total th, .heads .total b { font-weight: 650; }
.facts { display: flex; flex-wrap: wrap; gap: 12px 40px; margin: 24px 0 0; }
.headline .facts { grid-column: 1 / -1; margin: 0; padding-top: 16px; border-top: 1px solid var(--rule); }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-weight: 500; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 28px 32px; }
.chart { min-width: 0; max-width: 440px; }
.chart figcaption { font-weight: 600; font-size: 14px; }
.chart > svg { display: block; width: 100%; }
.legend { display: flex; flex-wrap: wrap; gap: 0 16px; font-size: 13px; color: var(--soft); margin-bottom: 4px; }
.legend b { color: var(--ink); font-weight: 500; }
.legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: 4px; }
i.train { background: var(--train); } i.test { background: var(--test); }
.grid { stroke: var(--rule); }
.tick { fill: var(--soft); font-size: 11px; }
.reference { stroke: var(--soft); stroke-dasharray: 3 4; }
.curve { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
path.train { stroke: var(--train); } path.test { stroke: var(--test); }
circle.train { fill: var(--train); } circle.test { fill: var(--test); }
path.off.train { fill: var(--train); stroke: none; } path.off.test { fill: var(--test); stroke: none; }
.above { font-size: 12px; }
.reading { fill: transparent; } .reading:hover { fill: var(--ink); fill-opacity: 0.06; }
details .charts { max-width: 760px; margin-top: 16px; }

.dot-plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 36px 48px; margin-top: 36px; }
.dots { min-width: 0; max-width: 620px; } .dots figcaption { font-weight: 600; font-size: 14px; margin-bottom: 6px; } .dots svg { display: block; width: 100%; overflow: visible; }
.dot { fill: var(--train); fill-opacity: 0.85; stroke: var(--paper); stroke-width: 1; } .dot:hover { fill: var(--ink); }
.interval { stroke: var(--test); stroke-width: 3; stroke-linecap: round; } .mean { fill: var(--test); stroke: var(--paper); stroke-width: 1.5; }
.dot-name { fill: var(--ink); font-size: 13px; font-weight: 600; }
.compared th, .compared td { white-space: nowrap; overflow-wrap: normal; } .compared tbody th { font-weight: 600; } .note { max-width: 82ch; margin-top: 10px; font-size: 14px; }

.confusion { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 32px 40px; align-items: start; }
.scroll { overflow-x: auto; }
.cells { font-size: 13px; border-spacing: 2px; border-collapse: separate; }
.cells td { min-width: 30px; height: 30px; padding: 0 2px; text-align: center; border-radius: 4px; background: rgb(var(--hue) / var(--share)); }
.cells td.right { --hue: var(--right); } .cells td.wrong { --hue: var(--wrong); }
.cells td.none { background: none; color: var(--soft); opacity: 0.6; }
.cells td.right.none { box-shadow: inset 0 0 0 1px var(--rule); }
.cells td.strong { color: #fff; font-weight: 600; }
.cells thead td { background: none; }
.cells th { font-weight: 400; color: var(--soft); }
.cells th span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.cells tbody th span { max-width: 22em; padding-right: 8px; text-align: right; }
.cells thead th { vertical-align: bottom; }
.cells thead span { writing-mode: vertical-rl; rotate: 180deg; max-height: 18em; margin: 0 auto; padding: 4px 0 0; }
.overview { display: block; width: 100%; max-width: 660px; overflow: visible; } .overview .tick { font-size: 13px; }
.ground { fill: var(--card); stroke: var(--rule); } .cells-picture { image-rendering: pixelated; }
.named-matrix { display: grid; grid-template: auto 1fr / auto 1fr; width: fit-content; max-width: 100%; max-height: min(85vh, 760px); margin-top: 12px; overflow: auto; background: var(--card); box-shadow: 0 0 0 1px var(--rule); }
.named-matrix ol { position: sticky; z-index: 1; margin: 0; padding: 0; list-style: none; font-size: 10px; line-height: 12px; background: var(--card); }
.named-matrix .across { grid-area: 1 / 2; top: 0; display: flex; align-items: end; box-shadow: 0 1px var(--rule); } .named-matrix .down { grid-area: 2 / 1; left: 0; box-shadow: 1px 0 var(--rule); }
.named-matrix .corner { grid-area: 1 / 1; position: sticky; top: 0; left: 0; z-index: 2; background: var(--card); }
.named-matrix li { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.named-matrix .across li { flex: none; width: 12px; max-height: 180px; padding: 4px 0; writing-mode: vertical-rl; rotate: 180deg; } .named-matrix .down li { height: 12px; max-width: 180px; padding: 0 6px; text-align: right; }
.named-matrix svg { grid-area: 2 / 2; display: block; } .named-matrix rect { fill: transparent; } .named-matrix rect:hover { stroke: var(--ink); stroke-width: 2; }

.classes .orders { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 2px 0 12px; font-size: 14px; } .orders label { cursor: pointer; } .orders input { accent-color: var(--test); margin: 0 4px 0 0; vertical-align: -1px; }
.rows { max-height: 620px; overflow: auto; border-block: 1px solid var(--rule); }
.rows table { display: grid; grid-template-columns: auto minmax(8em, 2fr) auto auto minmax(9em, 1.2fr) auto minmax(8em, 2fr); font-size: 14px; }
.rows thead, .rows tbody { display: contents; }
.rows tr { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; border-top: 1px solid var(--rule); align-items: baseline; }
.rows thead tr { order: 0; position: sticky; top: 0; background: var(--paper); border-top: 0; color: var(--soft); font-size: 13px; z-index: 1; }
.rows th, .rows td { padding: 5px 16px 5px 0; text-align: left; font-weight: 400; min-width: 0; overflow-wrap: anywhere; } .rows .number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.rows td div { display: flex; align-items: center; gap: 10px; } .rows .meter { flex: 1; min-width: 40px; } .rows b { font-weight: 500; min-width: 3.6em; text-align: right; }
${ORDERED}

.gallery { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 28px 24px; }
.gallery li { min-width: 0; font-size: 14px; line-height: 1.4; overflow-wrap: anywhere; }
.gallery .whole { height: 150px; width: auto; max-width: 100%; margin-bottom: 8px; } .gallery b { font-weight: 600; } .gallery .wrong { color: var(--bad); } .gallery .file { margin-top: 4px; }
.seen { fill: none; stroke: #fff; stroke-width: 1; } .seen.halo { stroke: #000; stroke-opacity: 0.5; stroke-width: 2.2; }
.matrix figcaption { color: var(--soft); font-size: 13px; margin-top: 8px; max-width: 60ch; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 2px; }
.key.right { background: rgb(var(--right)); } .key.wrong { background: rgb(var(--wrong)); }

.sample { display: grid; grid-template-columns: 320px minmax(0, 1fr); gap: 28px; padding: 24px; margin-bottom: 24px; background: var(--card); border-radius: 14px; box-shadow: 0 0 0 1px var(--rule); }
.picture { display: block; width: 100%; border-radius: 4px; overflow: hidden; }
.pair { display: flex; align-items: flex-start; gap: 8px; } .pair .picture { width: 0; border-radius: 8px; }
.pair + p { color: var(--soft); font-size: 12px; margin-top: 4px; }
.file { margin-top: 12px; color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
.verdict { font-size: 14px; } .verdict.right { color: var(--good); } .verdict.wrong { color: var(--bad); }
.bars { list-style: none; margin: 12px 0 0; padding: 0; font-size: 13px; }
.bars li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 8px; margin-bottom: 6px; color: var(--soft); }
.bars li.true { color: var(--ink); font-weight: 600; }
.bars span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bars b { font-weight: inherit; }
.bars i { grid-column: 1 / -1; height: 4px; border-radius: 2px; background: var(--train); }
.bars .true i { background: var(--test); }
.subject details { margin-top: 4px; } .subject details table { font-size: 12.5px; margin-top: 4px; } .subject details th { white-space: nowrap; } .subject summary { font-size: 13px; }
.levels { display: flex; flex-direction: column; gap: 16px; min-width: 0; }
.level { display: grid; grid-template-columns: 1.3fr 1fr 1fr minmax(130px, 1fr); gap: 12px; align-items: start; }
.level.width { grid-template-columns: 1fr 1fr 1fr minmax(130px, 1fr); }
.level .note { order: 1; padding-left: 8px; font-size: 13px; color: var(--soft); }
.level .note h4 { color: var(--ink); }
.level.head { font-size: 13px; font-weight: 600; margin-bottom: -10px; line-height: 1.3; }
.level.head em { display: block; font-style: normal; font-weight: 400; color: var(--soft); }
.frame { fill: none; stroke: var(--boost); stroke-width: 1.5; }
.bar { fill: var(--boost); fill-opacity: 0.28; } .bar.winner { fill-opacity: 1; }
.bar-label { font-size: 6.6px; fill: var(--ink); } .bar-label.winner { fill: #1d1c1a; font-weight: 650; }
.unused { opacity: 0.4; }
.faded { filter: grayscale(1) brightness(0.85); }
.box { fill: none; stroke: var(--mark); stroke-width: 0.8; pointer-events: stroke; } .box.halo { stroke: #000; stroke-opacity: var(--halo, 0.45); stroke-width: 1.6; }
.part { fill: var(--mark); stroke: #000; stroke-opacity: 0.8; stroke-width: 0.6; } .reach { fill: transparent; }
g:hover > .part { fill: #fff; }
.light { opacity: 0.8; --halo: 0.15; }
.legend-mark { width: 15px; height: 15px; vertical-align: -2.5px; margin-right: 4px; } .legend-mark .box { stroke-width: 1.4; } .legend-mark .halo { stroke-width: 2.6; } .legend-mark .part { stroke-width: 1; }
.lede + .annotated { margin-top: -12px; } .annotated { margin-bottom: 24px; max-width: 82ch; font-size: 14px; }
.settings { max-width: 640px; } .settings th { color: var(--soft); width: 40%; }
code { font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }

@media (max-width: 860px) {
  main { padding: 24px 16px 64px; }
  h1 { font-size: 25px; } h2 { margin-top: 52px; }
  .headline, .confusion { grid-template-columns: minmax(0, 1fr); }
  .sample { grid-template-columns: minmax(0, 1fr); padding: 16px; gap: 20px; margin-inline: -4px; }
  .pair { max-width: 420px; }
  .level { grid-template-columns: 1.3fr 1fr 1fr; gap: 6px; }
  .level.width { grid-template-columns: 1fr 1fr 1fr; }
  .level .note { order: 0; grid-column: 1 / -1; padding-left: 0; }
  .level.head { font-size: 11.5px; }
  .bar-label { font-size: 7.6px; }
  .cells tbody th { position: sticky; left: 0; background: var(--paper); }
  .cells tbody th span { max-width: 8.5em; }
}
@media print { .sample, .gallery li { break-inside: avoid; } .rows { max-height: none; } nav { display: none; } }
`);
