"""The page's style sheet, inline because the page loads nothing."""

STYLE = """
:root{color-scheme:light dark;--ink:#1d2330;--soft:#5b6577;--line:#dfe3ea;--paper:#fff;--shade:#f5f7fa;--link:#2457c5;
--get:#0b6b4f;--post:#1f55c4;--put:#8a5a00;--delete:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a2acbd;--line:#333b49;--paper:#14181f;--shade:#1c222c;
--link:#8fb4ff;--get:#5fd0a8;--post:#8fb4ff;--put:#e7b55a;--delete:#ff8f86}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
a{color:var(--link);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
pre{background:var(--shade);border:1px solid var(--line);border-radius:6px;padding:.75rem .9rem;overflow-x:auto;
margin:.5rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.jump{display:none}
.page{display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:82rem;margin:0 auto}
nav{grid-area:1/1;position:sticky;
top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:1.5rem 1rem 2rem 1.25rem;
border-right:1px solid var(--line);font-size:.875rem}
nav h2{font-size:.75rem;letter-spacing:.05em;text-transform:uppercase;color:var(--soft);margin:1.1rem 0 .3rem}
nav ul{list-style:none;margin:0;padding:0}nav li{margin:.1rem 0}
nav a{display:block;padding:.1rem 0;color:var(--ink)}
main{grid-area:1/2;padding:2rem 2.5rem 5rem;min-width:0}
h1{font-size:2rem;line-height:1.2;margin:0 0 .25rem}
.version{color:var(--soft);margin:0 0 1.5rem}
h2{font-size:1.4rem;margin:3rem 0 .5rem;padding-bottom:.4rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;margin:0;font-weight:600}
h4{font-size:.8125rem;color:var(--soft);margin:1.1rem 0 .3rem;font-weight:600}
p{margin:.5rem 0;max-width:46rem}
article{border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.25rem;margin:1rem 0}
.call{display:flex;gap:.6rem;align-items:baseline;margin:.15rem 0 .4rem;flex-wrap:wrap}
.call code{font-size:.9375rem}
.verb{font:700 .75rem/1 ui-monospace,Menlo,Consolas,monospace;padding:.3rem .45rem;
border:1px solid currentColor;border-radius:5px}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.delete{color:var(--delete)}
.needs{color:var(--soft);font-size:.875rem;margin:.3rem 0}
.sides{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 1.25rem}
.sides pre{max-height:24rem;overflow-y:auto}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem;margin:.25rem 0}
th{text-align:left;color:var(--soft);font-weight:600;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--line)}
td{vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}
td:first-child{min-width:9rem}
.type{color:var(--soft);overflow-wrap:anywhere}
.must{color:var(--delete);font-size:.75rem}
.codes{display:flex;flex-wrap:wrap;gap:.3rem .9rem;padding:0;margin:.25rem 0;list-style:none;font-size:.875rem}
.codes b{font-weight:600;margin-right:.3rem}
details.more>summary{cursor:pointer;color:var(--link);font-size:.875rem;margin:.75rem 0 .25rem}
tr:target td{background:var(--shade)}
@media (max-width:64rem){.sides{grid-template-columns:minmax(0,1fr)}}
@media (max-width:52rem){
.page{display:block}
nav{position:static;max-height:none;border:0;border-top:1px solid var(--line);padding:.75rem 1rem 3rem;font-size:1rem}
.jump{display:block;margin:0 0 .75rem}
main{padding:1.25rem 1rem 4rem}
h1{font-size:1.6rem}
article{padding:.9rem}
.fields thead,.errors thead{display:none}
.fields tr,.errors tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
.fields td,.errors td{display:inline;border:0;padding:0 .4rem 0 0;min-width:0}
.fields td:last-child,.errors td:last-child{display:block}
}
@media print{nav{display:none}.page{display:block}article{break-inside:avoid}}
"""
