"""What can be said of a page only once it is whole: its contents, and the figures' numbers."""

import re

CONTENTS = "<!-- contents -->"
"""Where in a template the list of contents goes."""

_SECTION = re.compile(r'<section id="([^"]+)">\s*<h2>(.*?)</h2>', re.DOTALL)
_FIGURE = re.compile(r'<figure id="([^"]+)"')
_NUMBER = re.compile(r'<b class="number" data-figure="([^"]+)"></b>')
_WITH_ANCHOR = (
    r'<section id="\1">\n<h2>\2'
    r' <a class="anchor" href="#\1" aria-label="Link to this section">#</a></h2>'
)
_LEAST = 3
"""A page of fewer sections needs no list of contents."""


def completed(html: str) -> str:
    """A page with its figures numbered, headings that can be linked to, and a list of them.

    In the text ``<b class="number" data-figure="NAME"></b>`` becomes the figure's number.
    """
    numbers = {name: i for i, name in enumerate(_FIGURE.findall(html), start=1)}
    html = _NUMBER.sub(lambda match: f"<b>Figure\u00a0{numbers[match[1]]}</b>", html)
    sections = _SECTION.findall(html)
    html = _SECTION.sub(_WITH_ANCHOR, html)
    items = "".join(f'<li><a href="#{name}">{title}</a></li>\n' for name, title in sections)
    contents = f'<nav class="contents" aria-label="Contents">\n<ol>\n{items}</ol>\n</nav>'
    return html.replace(CONTENTS, contents if len(sections) >= _LEAST else "")
