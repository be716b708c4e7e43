/** What the matrix page needs beside the style sheet of the other pages. */
export const MATRIX_STYLE = `
main, header.top, footer { max-width: 90rem; }
.bar .talk { fill: var(--pass); } .bar .findings { fill: var(--warn); } .bar .no-talk { fill: var(--fail); }
.bar .unavailable { fill: var(--na); } .bar .not-common { fill: var(--line); } .bar .error { fill: var(--error); }
.badge.talk { color: var(--pass); background: var(--pass-soft); }
.badge.findings { color: var(--warn); background: var(--warn-soft); }
.badge.no-talk { color: var(--fail); background: var(--fail-soft); }
.badge.unavailable, .badge.not-common { color: var(--na); background: var(--na-soft); }
.ink-no-talk { color: var(--fail); font-weight: 600; } .ink-findings { color: var(--warn); } .ink-unavailable { color: var(--soft); }
.outcome.mild { border-color: var(--warn); background: var(--warn-soft); }
.outcome .plain { font-weight: 400; overflow-wrap: anywhere; }
.chip .sign { margin-left: .1rem; }
form.filter { margin-top: 1.75rem; }
form.filter #shown { margin: 0 0 0 auto; }
.sign, button.cell {
  display: inline-grid; place-items: center; width: 1.75rem; height: 1.75rem; padding: 0; border-radius: 5px;
  border: 1px solid transparent; font: 700 .9rem/1 system-ui, sans-serif;
}
.sign { width: 1.35rem; height: 1.35rem; font-size: .75rem; }
.sign.talk, button.cell.talk { color: var(--pass); background: var(--pass-soft); }
.sign.findings, button.cell.findings { color: var(--warn); background: var(--warn-soft); border-color: var(--warn); }
.sign.no-talk, button.cell.no-talk { color: var(--card); background: var(--fail); }
.sign.unavailable, button.cell.unavailable { color: var(--na); background: transparent; border: 1px dashed var(--na); }
.sign.not-common, button.cell.not-common { color: var(--soft); background: transparent; border-color: transparent; }
.sign.error, button.cell.error { color: var(--card); background: var(--error); }
button.cell { cursor: pointer; }
button.cell:hover { border-color: var(--accent); }
button.cell:focus-visible { outline-offset: 1px; outline-width: 3px; border-radius: 5px; }
button.cell.blank { color: var(--soft); background: transparent; border-color: transparent; }
button.cell.faint { opacity: .16; }
.grid { position: relative; max-height: 85vh; overflow: auto; }
#grid { width: auto; border-collapse: separate; border-spacing: 0; }
#grid caption { caption-side: bottom; text-align: left; padding: .6rem .75rem; font-size: .85rem; }
#grid th, #grid td { padding: .2rem .18rem; text-align: center; border-bottom: 1px solid var(--line); vertical-align: middle; }
#grid .first { border-left: 1px solid var(--line); padding-left: .45rem; }
#grid td:has(+ .first), #grid td:last-child, #grid th.dialect:has(+ .first), #grid th.dialect:last-child { padding-right: .45rem; }
#grid tbody th {
  position: sticky; left: 0; z-index: 1; background: var(--card); text-align: left; padding: .2rem .9rem; min-width: 9rem;
  max-width: 16rem; font-weight: 600; overflow-wrap: anywhere; border-right: 1px solid var(--line);
}
#grid tbody th .soft { font-weight: 400; font-size: .8rem; }
#grid .absent { color: var(--soft); font-weight: 400; }
#grid tbody tr:hover > * { background: var(--mark); }
#grid thead th, #grid .corner { position: sticky; background: var(--card); z-index: 2; color: var(--ink); }
#grid thead tr:first-child th { top: 0; height: 10.5rem; vertical-align: bottom; border-left: 1px solid var(--line); border-bottom: 0; }
#grid thead th.name span {
  display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 10rem; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; font-size: .87rem; font-weight: 600;
}
#grid thead th.dialect { top: 10.5rem; font-size: .68rem; font-weight: 400; color: var(--soft); }
#grid thead abbr { text-decoration: none; }
#grid .corner { left: 0; top: 0; z-index: 3; text-align: left; vertical-align: bottom; padding: .4rem .9rem; color: var(--soft); font-size: .8rem; border-right: 1px solid var(--line); }
#grid .corner span:first-child::after { content: " ↓"; } #grid .corner span:last-child::after { content: " →"; }
#grid .corner span { display: block; }
table.charges td, table.charges th { vertical-align: top; }
table.charges td:nth-child(5) { min-width: 16rem; overflow-wrap: anywhere; }
table.charges .id { white-space: nowrap; }
dialog {
  width: min(64rem, 96vw); max-height: 92vh; padding: 0 1.25rem 1.25rem; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: 10px; overflow: auto; overscroll-behavior: contain;
}
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog h2 { margin: 0; overflow-wrap: anywhere; }
.bar-top {
  position: sticky; top: 0; z-index: 2; display: flex; justify-content: space-between; align-items: start; gap: 1rem;
  padding: 1rem 0 .5rem; background: var(--paper); border-bottom: 1px solid var(--line);
}
details.part { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; }
details.part > summary .badge { min-width: 8.5rem; }
details.inner { margin-top: .5rem; } details.inner > summary { padding: .15rem 0; }
details.inner > summary::before { content: "▸"; } details.inner[open] > summary::before { content: "▾"; }
details.inner pre { max-height: 22rem; overflow: auto; }
.end { font-size: .75rem; font-weight: 600; padding: .05rem .4rem; border-radius: 4px; background: var(--mark); }
ol.wire { list-style: none; margin: .4rem 0; padding: 0; border-left: 2px solid var(--line); }
ol.wire li { padding: .05rem .5rem; } ol.wire p { margin: 0; display: flex; gap: .6rem; align-items: baseline; }
ol.wire summary { padding: 0; gap: .6rem; }
ol.wire .time { min-width: 5.2rem; text-align: right; color: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums; }
ol.wire .way { width: 1rem; text-align: center; font-weight: 700; }
ol.wire li.client .way { color: var(--accent); } ol.wire li.server .way { color: var(--inconc); }
ol.wire li.suite { color: var(--soft); }
ol.wire details > summary .id::after { content: " …"; color: var(--soft); }
ol.wire pre { margin: .2rem 0 .5rem 7.4rem; padding: .5rem .7rem; background: var(--mark); border-radius: 6px; max-height: 26rem; overflow: auto; }
ol.wire li.lit { background: var(--warn-soft); border-radius: 4px; }
@media (max-width: 40rem) {
  #grid tbody th, #grid .corner { min-width: 6.2rem; max-width: 7.5rem; padding: .2rem .5rem; font-size: .82rem; }
  #grid tbody th .soft { display: none; }
  dialog { width: 100vw; max-width: 100vw; max-height: 100vh; border-radius: 0; padding: 0 .75rem .75rem; }
  ol.wire pre { margin-left: 0; } ol.wire .time { min-width: 3.6rem; }
  form.filter #shown { margin-left: 0; }
}
@media print { .grid { max-height: none; overflow: visible; } dialog { display: none; } }
`;
