"""The few pages that somebody sees who installs the bot: plain HTML, for every screen and every reader of screens.

Whatever comes from outside is escaped; nothing is loaded from elsewhere; no other page may frame them or keep them.
"""

import re
from html import escape

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_STYLE = """
body { font: 1.125rem/1.6 system-ui, sans-serif; color: #1d1c1d; background: #fff; margin: 0 auto; padding: 2rem 1rem;
       max-width: 38rem; }
a { color: #0b4c8c; }
a.button { display: inline-block; padding: .75rem 1.5rem; border-radius: .5rem; background: #4a154b; color: #fff;
           font-weight: bold; text-decoration: none; }
a:focus-visible { outline: 3px solid #0b4c8c; outline-offset: 3px; }
code { background: #f1f1f1; padding: 0 .25rem; }
"""


def page(title: str, *body: str) -> str:
    """Return a page under ``title``; the parts of its body are HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)} – CCM Ledger</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{''.join(body)}</main>\n</body>\n</html>\n"
    )


def paragraph(text: str) -> str:
    """Return a paragraph of plain text; what is between backticks is code."""
    marked = re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))
    return f"<p>{marked}</p>\n"


def link(text: str, address: str) -> str:
    """Return a link that looks like a button."""
    return f'<p><a class="button" href="{escape(address)}">{escape(text)}</a></p>\n'


def install_page(authorize_url: str) -> str:
    """Return what the bot is, and the way to Slack's page that asks for permission."""
    return page(
        "Install CCM Ledger",
        paragraph(
            "CCM Ledger helps a chronic care management team to write care time down, and to see what it is worth."
        ),
        paragraph(
            "Slack asks next which workspace it is for. One workspace is one practice: each has its own ledger, and no "
            "practice sees another's."
        ),
        link("Add to Slack", authorize_url),
    )


def problem_page(title: str, remedy: str, install_url: str) -> str:
    """Return what went wrong and what to do, with the way back to the start."""
    return page(title, paragraph(remedy), link("Start again", install_url))


def installed_page(practice: str, lines: tuple[str, ...], slack_url: str) -> str:
    """Return that it worked, what comes next, and the way into Slack."""
    title = f"CCM Ledger is installed for {practice}"
    return page(title, *map(paragraph, lines), link("Open Slack", slack_url))
