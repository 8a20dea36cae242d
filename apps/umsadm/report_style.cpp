#include "report_style.hpp"

namespace umsadm::app {
namespace {

// Texts have a contrast of 4.5 and more to what is behind them, shapes and bars 3 and more, in light and in dark. The
// sheet stands in well-formed XML: no '<' and no '&' in it.
constexpr std::string_view k_style = R"css(
:root {
  --page: #f3f5f8; --card: #fff; --text: #1a2330; --quiet: #566273; --line: #dfe4ea; --grid: #e9edf2;
  --good: #1d7a4f; --warning: #8f5a00; --bad: #b3261e; --unknown: #6a4fa3; --plain: #66717f;
  --mark-good: #26875a; --mark-warning: #bd7600; --mark-bad: #d0342c; --mark-unknown: #7d5fc0; --mark-plain: #7b8694;
  --bar-good: #5b9ac2; --bar-warning: #c9861a; --bar-bad: #df7068; --bar-plain: #8a94a1;
  --today: #3a4757; --link: #0b5c95; --code: #eef1f5;
  --tint-good: #e9f6ef; --tint-warning: #fff5df; --tint-bad: #fdecea; --tint-unknown: #f1eefa;
  color-scheme: light;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0e1319; --card: #161d26; --text: #e4e9f0; --quiet: #9dabbb; --line: #2b3643; --grid: #222c37;
    --good: #62cf9a; --warning: #f2bb55; --bad: #ff8f86; --unknown: #bda4f5; --plain: #a3afbd;
    --mark-good: #4cc08a; --mark-warning: #eaae3f; --mark-bad: #ff776c; --mark-unknown: #ad91ef; --mark-plain: #8d99a8;
    --bar-good: #437ba1; --bar-warning: #8c6a24; --bar-bad: #a8524c; --bar-plain: #617083;
    --today: #c3cedb; --link: #7fc1f0; --code: #212b37;
    --tint-good: #13291f; --tint-warning: #2d2412; --tint-bad: #331b1a; --tint-unknown: #241f35;
    color-scheme: dark;
  }
}

* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 28px 24px 40px; max-width: 1240px; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 27px; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 0 0 14px; font-size: 19px; line-height: 1.25; }
h3 { margin: 22px 0 6px; font-size: 15px; }
p { margin: 0 0 12px; }
small { font-size: 13px; color: var(--quiet); }
code { font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
a { color: var(--link); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.nothing { color: var(--quiet); margin: 0; }
.when { margin: 4px 0 18px; color: var(--quiet); }

.shape { width: .8em; height: .8em; flex: none; fill: var(--mark-plain); }
.shape.good { fill: var(--mark-good); }
.shape.warning { fill: var(--mark-warning); }
.shape.bad { fill: var(--mark-bad); }
.shape.unknown { fill: var(--mark-unknown); }
.shape .open { fill: none; stroke: var(--mark-unknown); stroke-width: 2; }
.state { display: inline-flex; align-items: baseline; gap: .45em; overflow-wrap: normal; }
.state .shape { transform: translateY(.04em); }
.state.warning, td.warning { color: var(--warning); }
.state.bad, td.bad { color: var(--bad); }
.state.unknown { color: var(--unknown); }
.state.bad, .state.warning, td.bad, td.warning { font-weight: 600; }

.verdict {
  display: flex; align-items: center; gap: 14px; margin: 0 0 18px; padding: 16px 20px; border-radius: 10px;
  border: 1px solid var(--line); background: var(--card); font-size: 20px; line-height: 1.3;
}
.verdict strong { font-weight: 650; }
.verdict .shape { width: 20px; height: 20px; }
.verdict.good { background: var(--tint-good); border-color: var(--mark-good); }
.verdict.warning { background: var(--tint-warning); border-color: var(--mark-warning); }
.verdict.bad { background: var(--tint-bad); border-color: var(--mark-bad); }
.figures { display: flex; flex-wrap: wrap; gap: 10px 44px; margin: 0 0 18px; padding: 0; list-style: none; }
.figures strong { font-size: 30px; line-height: 1.15; font-weight: 650; }
.figures small { display: block; }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 18px; }

.part {
  margin: 0 0 18px; padding: 20px 22px 22px; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
}
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 10px; font-size: 14px; }
.timeline + .legend { margin: 14px 0 0; color: var(--quiet); }
.legend .state { font-weight: 400; }

table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: 8px 12px 8px 0; text-align: left; vertical-align: baseline; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-size: 13px; font-weight: 600; padding-top: 0; vertical-align: bottom; overflow-wrap: normal; }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody th small { font-weight: 400; }
.number { text-align: right; white-space: nowrap; }
.date, time { white-space: nowrap; }
.same { color: var(--quiet); }
.cards tbody th small, .cards td small { display: block; }
.cards .state { white-space: nowrap; }
.gateways { table-layout: fixed; }
.gateways th { width: 12.2%; }
.gateways th:nth-child(1) { width: 18.5%; }
.gateways th:nth-child(2) { width: 13.2%; }
.gateways th:nth-child(6) { width: 8.5%; }
.gateways th:nth-child(7) { width: 7.5%; }
.gateways th:nth-child(8) { width: 5.5%; }
.gateways th:nth-child(9) { width: 10.2%; }
.gateways th small { font-size: 12px; }
.labels span { display: inline-block; margin-right: .6em; }
.gateways td time { white-space: normal; overflow-wrap: normal; }
.gateways td.date time { white-space: nowrap; }
.deployments { table-layout: fixed; }
.deployments th:nth-child(1) { width: 148px; }
.deployments th:nth-child(3) { width: 84px; }
.deployments th:nth-child(2), .deployments th:nth-child(7) { width: 13%; }
.deployments th:nth-child(5), .deployments th:nth-child(6) { width: 16%; }

.remark + .remark { margin-top: 12px; padding-top: 14px; border-top: 1px solid var(--line); }
.remark h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; margin: 0 0 2px; }
.remark h3 code { font-size: 14px; }
.remark h3 .count { font-weight: 400; color: var(--quiet); }
.remark p { margin: 0 0 2px; color: var(--quiet); }
.remarks { table-layout: fixed; }
.remarks thead th { padding: 0; line-height: 0; }
.remarks thead th:nth-child(1) { width: 17%; }
.remarks thead th:nth-child(3) { width: 31%; }
.remarks tbody tr:first-child { border: 0; }
.remarks tbody th, .remarks td { padding-top: 6px; padding-bottom: 6px; }
.next code { padding: 1px 6px; border-radius: 4px; background: var(--code); }
details { margin-top: 6px; }
summary { padding: 6px 0; color: var(--link); cursor: pointer; font-size: 14px; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }

.timeline { table-layout: fixed; }
.timeline th:first-child { width: 33%; }
.timeline th:nth-child(2) { width: 128px; }
.timeline th:nth-child(3) { width: 92px; }
.timeline th, .timeline td { padding-top: 5px; padding-bottom: 5px; }
.timeline .number { padding-right: 18px; }
.timeline tr.warning .left { color: var(--warning); font-weight: 600; }
.timeline tr.bad .left { color: var(--bad); font-weight: 600; }
.timeline .scale { padding: 0; height: 22px; }
.timeline .scale, .timeline .bar { position: relative; }
.scale svg, .bar > svg { position: absolute; left: 0; top: 0; width: 100%; height: 100%; overflow: visible; }
.scale text { fill: var(--quiet); font-size: 12px; font-weight: 400; text-anchor: middle; }
.scale text.today { fill: var(--today); font-weight: 600; }
.bar line { stroke: var(--grid); stroke-width: 1; }
.bar line.today { stroke: var(--today); stroke-width: 1.5; }
.bar rect { transform: translateY(-4px); fill: var(--bar-plain); }
.bar rect.good { fill: var(--bar-good); }
.bar rect.warning { fill: var(--bar-warning); }
.bar rect.bad { fill: var(--bar-bad); }
.bar rect.past { opacity: .45; }
.bar .end { overflow: visible; }
.bar .shape { stroke: var(--card); stroke-width: 1; }
.beyond { fill: none; stroke-width: 2; stroke: var(--mark-plain); }
.beyond.good { stroke: var(--mark-good); }
.beyond.warning { stroke: var(--mark-warning); }
.beyond.bad { stroke: var(--mark-bad); }

.matrix .mark { text-align: center; }
.matrix thead .mark { width: 12%; }
.matrix .here .shape { width: 13px; height: 13px; vertical-align: -1px; }

footer { color: var(--quiet); font-size: 13px; }
footer p { margin: 0 4px; }
)css";

// Narrow: a row of a table becomes a card, its heads stand before the values. On paper: light, all of it unfolded.
constexpr std::string_view k_other_media = R"css(
@media screen and (max-width: 900px) {
  body { padding: 18px 12px 28px; }
  .part { padding: 16px 14px 18px; }
  .figures { gap: 10px 28px; }
  .remarks, .remarks tbody, .remarks tr, .remarks th, .remarks td { display: block; width: auto; }
  .remarks tbody th { padding: 8px 0 0; }
  .remarks td { padding: 2px 0; }
  .remarks td.next { width: auto; padding-bottom: 8px; }
  .cards, .cards tbody, .cards tr, .cards tbody th:nth-child(n), .cards td { display: block; width: auto; }
  .cards thead { position: absolute; clip-path: inset(50%); }
  .cards tr { padding: 10px 0; }
  .cards tbody th { padding: 0 0 4px; font-size: 15px; }
  .cards td { display: grid; grid-template-columns: 118px 1fr; padding: 2px 0; text-align: left; }
  .cards td::before { content: attr(data-label); color: var(--quiet); font-weight: 400; font-size: 13px; }
  .cards td small { grid-column: 2; }
  .matrix td.mark { display: none; }
  .matrix td.mark.here { display: grid; grid-template-columns: auto 1fr; gap: 8px; align-items: center; text-align: left; }
  .matrix td.mark.here::before { order: 1; color: var(--text); font-size: 14px; }
  .timeline, .timeline tbody, .timeline thead, .timeline th, .timeline td { display: block; width: auto; }
  .timeline tr { display: grid; grid-template-columns: 1fr auto auto; column-gap: 12px; align-items: baseline; }
  .timeline thead th { position: absolute; clip-path: inset(50%); }
  .timeline thead th.scale { position: relative; clip-path: none; grid-column: 1 / -1; width: 100%; }
  .timeline th:first-child, .timeline th:nth-child(2), .timeline th:nth-child(3) { width: auto; }
  .timeline tbody th, .timeline tbody td { padding: 6px 0 0; }
  .timeline .number { padding-right: 0; }
  .timeline .bar { grid-column: 1 / -1; height: 26px; }
  .scale text.odd { display: none; }
}
@media print {
  @page { margin: 14mm 13mm; }
  body { max-width: none; padding: 0; background: none; font-size: 9.5pt; }
  h1 { font-size: 17pt; }
  h2 { font-size: 13pt; break-after: avoid; }
  h3, .remark p { break-after: avoid; }
  table, small, .legend, summary, footer { font-size: 8.5pt; }
  code { font-size: 8pt; }
  thead th { font-size: 8pt; }
  nav { display: none; }
  .part { padding: 0 0 4pt; border: 0; }
  .verdict { padding: 8pt 10pt; font-size: 12.5pt; background: none; }
  .verdict .shape { width: 12pt; height: 12pt; }
  .figures strong { font-size: 17pt; }
  tr { break-inside: avoid; }
  th, td { padding-top: 3.5pt; padding-bottom: 3.5pt; padding-right: 7pt; }
  .next code { padding: 0; background: none; }
  h2 + .legend { break-after: avoid; }
  .scale text.odd { display: none; }
  .gateways, .deployments, .gateways small, .deployments small { font-size: 7.5pt; }
  .gateways th, .gateways td { padding-right: 5pt; }
  .gateways tbody th small { font-size: 7pt; }
  .gateways th:nth-child(6) { width: 9.5%; }
  .gateways th:nth-child(8) { width: 6%; }
  .gateways th:nth-child(9) { width: 9.5%; }
  .gateways thead th { font-size: 7.5pt; }
  .gateways .number, .cards .state { white-space: normal; }
  .deployments th:nth-child(1) { width: 106px; }
  .deployments th:nth-child(3) { width: 60px; }
  .timeline th:nth-child(2) { width: 96px; }
  .timeline th:nth-child(3) { width: 76px; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; height: auto; }
  summary { color: var(--quiet); list-style: none; }
}
@media (forced-colors: active) {
  .shape, .bar svg, .scale svg { forced-color-adjust: none; }
  .bar line { stroke: GrayText; }
  .bar line.today { stroke: CanvasText; }
  .scale text { fill: CanvasText; }
}
)css";

}  // namespace

std::string report_style() { return std::string(k_style).append(k_other_media); }

}  // namespace umsadm::app
