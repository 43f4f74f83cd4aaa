//! The frame of all pages: escaping, style, layout.

/// `text` for HTML content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A whole page. The body is HTML already.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body>{body}</body></html>",
        escape(title)
    )
}

/// A card that says that there is nothing.
pub(crate) fn nothing(text: &str) -> String {
    format!("<main><div class=\"card empty\"><p>{}</p></div></main>", escape(text))
}

/// A picture for every account.
pub(crate) const AVATAR: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\">\
    <rect width=\"64\" height=\"64\" fill=\"#1f5f8b\"/>\
    <path d=\"M16 26h26v12a12 12 0 0 1-12 12h-2a12 12 0 0 1-12-12z\" fill=\"#fff\"/>\
    <path d=\"M42 29h4a6 6 0 0 1 0 12h-5\" fill=\"none\" stroke=\"#fff\" stroke-width=\"4\"/>\
    <path d=\"M23 20c0-4 4-4 4-8M33 20c0-4 4-4 4-8\" fill=\"none\" stroke=\"#fff\" \
    stroke-width=\"3\" stroke-linecap=\"round\"/></svg>";

const STYLE: &str = "
:root{color-scheme:light dark;--bg:#f3f4f6;--card:#fff;--ink:#16181d;--soft:#5d6470;--line:#e2e5ea;
--accent:#1f5f8b;--shadow:0 1px 2px rgba(20,24,32,.06),0 6px 20px rgba(20,24,32,.05)}
@media(prefers-color-scheme:dark){:root{--bg:#101216;--card:#191c22;--ink:#eceef2;--soft:#9aa2af;
--line:#2a2f38;--accent:#6db3e2;--shadow:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
main{max-width:640px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:1.35rem;line-height:1.25;margin:.2em 0 .4em}
.bar{background:var(--card);border-bottom:1px solid var(--line)}
.bar div{max-width:640px;margin:0 auto;padding:12px 16px;display:flex;gap:12px;align-items:center}
.bar span{color:var(--soft);font-size:.9rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;
box-shadow:var(--shadow);margin:0 0 18px;overflow:hidden}
.empty,.pad{padding:20px}
.head{display:flex;gap:12px;align-items:center;padding:14px 16px}
.head img{width:42px;height:42px;border-radius:50%}
.head b{display:block;line-height:1.25}.head small,.foot,.hint{color:var(--soft);font-size:.87rem}
.text{padding:0 16px 14px;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
.media{display:grid;gap:2px;background:var(--line)}
.media.many{grid-template-columns:1fr 1fr}
.media img,.media video{width:100%;max-height:720px;object-fit:cover;display:block;
background:#000}
.foot{display:flex;gap:18px;padding:12px 16px;border-top:1px solid var(--line)}
.comment{padding:10px 16px;border-top:1px solid var(--line);font-size:.95rem}
.badge{display:inline-block;font-size:.78rem;font-weight:600;color:#fff;background:#555;
border-radius:99px;padding:2px 10px;margin:0}
.badge.instagram{background:#b5306f}.badge.facebook{background:#1665c0}
.badge.linkedin{background:#0a5c94}.badge.tiktok{background:#16181d;outline:1px solid #555}
.list a{display:flex;gap:12px;align-items:center;padding:14px 16px;color:inherit}
.list a+a{border-top:1px solid var(--line)}.list a:hover{background:var(--bg);text-decoration:none}
.list img{width:38px;height:38px;border-radius:50%}.list .n{margin-left:auto;color:var(--soft)}
.consent{max-width:480px;padding-top:8vh}.consent .card{padding:24px}
fieldset{border:1px solid var(--line);border-radius:10px;margin:16px 0;padding:10px 14px}
legend{color:var(--soft);font-size:.87rem;padding:0 6px}.scope{display:block;padding:3px 0}
.field{display:block;color:var(--soft)}select{font:inherit;padding:6px 8px;border-radius:8px}
.actions{display:flex;gap:10px}button{font:inherit;padding:9px 20px;border-radius:10px;
border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}
button.primary{background:#1f5f8b;border-color:#1f5f8b;color:#fff}
button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.gone{opacity:.55}
";
