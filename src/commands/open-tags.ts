/** Elements that GitHub's renderer knows and that have an end; `<string>` in `List<string>` is none, and hides nothing. */
const ELEMENTS = new Set(
  (
    'a abbr article aside b bdo big blockquote button caption center cite code dd del details dfn dialog div dl dt em ' +
    'figcaption figure font footer form h1 h2 h3 h4 h5 h6 header i iframe ins kbd label li main mark math nav noscript ' +
    'object ol p picture pre q rp rt ruby s samp script section select small span strike strong style sub summary sup ' +
    'svg table tbody td template textarea tfoot th thead title tr tt u ul var video'
  ).split(' '),
);
const TAG = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|'[^']*'|[^<>"'])*?(\/?)>/gi;

/** Keeps in `openTags` which raw HTML elements are open after this piece of HTML, outermost first. */
export function followTags(html: string, openTags: string[]): void {
  for (const [, closing, tag, selfClosing] of html.matchAll(TAG)) {
    const name = tag?.toLowerCase();
    if (!name || selfClosing || !ELEMENTS.has(name)) continue;
    const opened = openTags.lastIndexOf(name);
    if (!closing) openTags.push(name);
    else if (opened !== -1) openTags.length = opened;
  }
}
