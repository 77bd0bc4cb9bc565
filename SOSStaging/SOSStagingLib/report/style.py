"""The look of the report: quiet, light, printable on A4."""

STYLE = """
@page{size:A4;margin:12mm}
*{box-sizing:border-box}
html{color-scheme:light}
body{margin:0;background:#eef1f4;color:#1d2733;font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",
sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:200mm;margin:16px auto;background:#fff;padding:10mm;border:1px solid #d9dfe5;border-radius:4px}
header{display:flex;justify-content:space-between;align-items:flex-start;gap:16px;border-bottom:2px solid #1f4e79;
padding-bottom:8px}
h1{font-size:20px;margin:0;color:#1f4e79}
h2{font-size:19px;margin:2px 0 4px}
h3{font-size:12px;letter-spacing:.05em;text-transform:uppercase;color:#51606f;margin:16px 0 6px;
border-bottom:1px solid #e3e8ed;padding-bottom:3px}
p{margin:4px 0}
.sub{color:#51606f;overflow-wrap:anywhere}
.tag{font-size:11px;text-align:right;color:#8a3b12;border:1px solid #e0b79f;background:#fdf5f0;border-radius:3px;
padding:4px 8px;white-space:nowrap;margin:0}
.blanks{display:grid;grid-template-columns:2fr 1fr 1.4fr;gap:16px;margin:12px 0 4px}
.blanks div{display:flex;gap:8px;align-items:flex-end}
.blanks label{font-size:12px;color:#51606f}
.blanks span{flex:1;border-bottom:1px solid #7c8894;height:20px}
.answer{display:grid;grid-template-columns:5fr 6fr;gap:22px;margin-top:12px;break-inside:avoid}
.stage{font-size:40px;line-height:1;font-weight:700;color:#1f4e79;margin:6px 0 4px}
.stage small{font-size:18px;font-weight:400;color:#51606f}
.meaning{color:#33404d}
.prob{font-weight:600;margin-top:8px}
ul{margin:4px 0;padding-left:18px}
.row{display:grid;grid-template-columns:64px 1fr 50px;gap:10px;align-items:center;padding:3px 8px;border-radius:4px;
border:1px solid transparent}
.row.chosen{border-color:#1f4e79;background:#f0f5fa}
.pic{height:58px}.pic svg{height:58px;width:64px}
.name{font-size:13px;margin-bottom:4px}.name b{display:inline-block;min-width:12px}
.bar{display:block}.bar .track{fill:#e6ebf0}.bar .fill{fill:#9fb3c8}
.plausible .bar .fill{fill:#5b8db8}.chosen .bar .fill{fill:#1f4e79}
.tick{font-size:10px;color:#1f4e79;border:1px solid #a9c2da;border-radius:8px;padding:0 6px;margin-left:4px}
.pct{text-align:right;font-variant-numeric:tabular-nums}.chosen .pct{font-weight:700}
.fine{font-size:11px;color:#51606f}
.refused{border:3px solid #a3231f;border-left-width:14px;background:#fdf3f2;padding:10px 18px 14px;margin-top:14px;
border-radius:4px;break-inside:avoid}
.refused .no{font-size:38px;line-height:1.1;font-weight:700;color:#a3231f;margin:4px 0 6px}
.refused h3{color:#7d1b18;border-color:#eccac8}
code{font-size:11px;color:#51606f;background:#f2f4f6;border-radius:3px;padding:0 4px}
.grid{display:grid;grid-template-columns:1fr 1fr;gap:10px}
figure{margin:0;break-inside:avoid}figure img{width:100%;display:block;background:#121212;border-radius:3px}
figcaption{font-size:11px;color:#51606f;padding:2px 0 4px}
.legend{display:flex;gap:10px;align-items:center;justify-content:center;margin-top:4px}
.legend img{height:10px;width:240px}
.one figure{max-width:110mm;filter:grayscale(1);opacity:.85}
table{border-collapse:collapse;width:100%;font-size:12.5px}
th{text-align:left;font-weight:400;color:#51606f;width:38%;padding:2px 10px 2px 0;vertical-align:top}
td{padding:2px 0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
tr+tr th,tr+tr td{border-top:1px solid #eef1f4}
section{break-inside:auto}
h3{break-after:avoid}li,tr{break-inside:avoid}
.findings{list-style:none;padding:0}.findings li{padding:3px 0 3px 10px;border-left:4px solid #b8c4cf;margin:4px 0}
.findings b{font-size:11px;text-transform:uppercase;letter-spacing:.03em;margin-right:4px}
.findings .warning{border-color:#d98a00}.findings .refuse{border-color:#a3231f}
.warnings{background:#fbfaf6;border:1px solid #e8e2d0;border-radius:4px;padding:2px 14px 8px;margin-top:16px;
font-size:12.5px}
@media print{body{background:#fff;font-size:11.5px}main{margin:0;border:0;padding:0;max-width:none}
.grid{max-width:136mm;margin:0 auto}.one figure{max-width:48mm}.stage{font-size:32px}h2{font-size:16px}
.refused .no{font-size:30px}h3{margin-top:10px}.pic,.pic svg{height:44px}.answer{margin-top:6px}table{font-size:11px}
.warnings{font-size:11px;break-inside:avoid}.row{padding:1px 8px}.fine,figcaption{font-size:10px}}
@media (max-width:640px){main{padding:16px}.answer{grid-template-columns:1fr}.blanks{grid-template-columns:1fr}}
"""
