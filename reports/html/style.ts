/** The page's only style sheet: light and dark by the reader's preference, no font or image from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfbf9; --card: #ffffff; --ink: #1d2126; --soft: #5d6670; --line: #dfe1dd; --mark: #f1f2ee;
  --accent: #1f5fae;
  --pass: #1d7a3c; --warn: #8f5f00; --fail: #b3261e; --inconc: #176b7a; --na: #626a72; --error: #8c2f86;
  --pass-soft: #e2f2e6; --warn-soft: #fbf0d3; --fail-soft: #fce6e4; --inconc-soft: #dff1f4; --na-soft: #ebedef;
  --error-soft: #f6e4f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1b1f23; --ink: #e4e7ea; --soft: #9aa4ad; --line: #30363c; --mark: #23282d;
    --accent: #80b4f5;
    --pass: #6fcf8b; --warn: #e6b450; --fail: #ff8f86; --inconc: #6cc5d6; --na: #a1aab2; --error: #e29adc;
    --pass-soft: #173323; --warn-soft: #38290c; --fail-soft: #401c1a; --inconc-soft: #12323a; --na-soft: #2a3036;
    --error-soft: #371a36;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main, header.top, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header.top { padding-top: 2.25rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .35rem 0; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, pre, .id { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .87em; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem; }
.outcome {
  margin: 1.25rem 0 .75rem; padding: .7rem 1rem; border-left: 4px solid var(--fail); background: var(--fail-soft);
  border-radius: 0 6px 6px 0; font-weight: 600;
}
.outcome.good { border-color: var(--pass); background: var(--pass-soft); }
.bar { display: block; width: 100%; height: 10px; border-radius: 5px; background: var(--na-soft); }
.bar .pass { fill: var(--pass); } .bar .warn { fill: var(--warn); } .bar .fail { fill: var(--fail); }
.bar .inconc { fill: var(--inconc); } .bar .na { fill: var(--line); } .bar .error { fill: var(--error); }
.badge {
  display: inline-block; min-width: 3.9rem; padding: .05rem .45rem; border-radius: 4px; text-align: center;
  font-size: .8rem; font-weight: 600; line-height: 1.5; white-space: nowrap;
}
.badge.pass { color: var(--pass); background: var(--pass-soft); }
.badge.warn { color: var(--warn); background: var(--warn-soft); }
.badge.fail { color: var(--fail); background: var(--fail-soft); }
.badge.inconc { color: var(--inconc); background: var(--inconc-soft); }
.badge.na { color: var(--na); background: var(--na-soft); }
.badge.error { color: var(--error); background: var(--error-soft); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
thead th { font-size: .8rem; font-weight: 600; color: var(--soft); }
td.number, th.number { text-align: right; }
td.fail { color: var(--fail); font-weight: 600; } td.error { color: var(--error); font-weight: 600; }
td.warn { color: var(--warn); } td.inconc { color: var(--inconc); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem; margin: .6rem 0; }
.card.fail { border-left: 4px solid var(--fail); } .card.warn { border-left: 4px solid var(--warn); }
.card.note { border-left: 4px solid var(--na); }
.finding { margin-top: .6rem; padding-top: .6rem; border-top: 1px dashed var(--line); }
.finding:first-of-type { border-top: 0; padding-top: 0; }
dl { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .2rem .75rem; margin: .4rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.command { background: var(--mark); padding: .1rem .35rem; border-radius: 4px; user-select: all; overflow-wrap: anywhere; }
form.filter {
  display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; padding: .75rem 1rem; margin-bottom: .6rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
}
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem .9rem; }
legend { position: absolute; left: -999rem; }
label { display: inline-flex; gap: .35rem; align-items: center; cursor: pointer; }
input[type=search], select, button {
  font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 5px;
  padding: .25rem .5rem;
}
input[type=search] { min-width: 16rem; flex: 1; }
.cases details { background: var(--card); border: 1px solid var(--line); border-top-width: 0; }
.cases details:first-of-type { border-top-width: 1px; border-radius: 8px 8px 0 0; }
.cases details:target > summary { background: var(--mark); }
summary { display: flex; gap: .75rem; align-items: baseline; padding: .4rem .9rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--mark); }
summary .id { flex: 0 1 auto; overflow-wrap: anywhere; }
summary .title { flex: 1 1 12rem; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
summary .time { color: var(--soft); font-size: .85em; white-space: nowrap; font-variant-numeric: tabular-nums; }
.body { padding: .25rem .9rem 1rem; border-top: 1px solid var(--line); }
details[open] summary .title { white-space: normal; }
[hidden] { display: none !important; }
footer { color: var(--soft); padding-top: 2rem; padding-bottom: 3rem; font-size: .9rem; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } summary { flex-wrap: wrap; } summary .title { flex-basis: 100%; } }
@media print { form.filter, .skip { display: none; } body { background: none; } .card, details { break-inside: avoid; } }
`;
