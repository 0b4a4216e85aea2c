/**
 * Draws README's picture: plays the shipped scenario and writes its real comment, pull request and check runs as one
 * HTML page, for a browser to photograph:
 *
 *   npm run -s draw > /tmp/run.html && chromium --headless --screenshot=docs/images/run.png \
 *     --window-size=1000,910 --hide-scrollbars file:///tmp/run.html
 */
import { micromark } from 'micromark';
import { gfmTable, gfmTableHtml } from 'micromark-extension-gfm-table';
import { rehearse } from '../src/hosts/rehearsal.ts';
import { readScenario } from '../src/hosts/scenario.ts';

const scenario = await readScenario(new URL('../examples/scenarios/rounding-bug', import.meta.url).pathname);
const stage = await rehearse(scenario, { form: 'app', webUrl: 'https://github.com' });
for (const act of scenario.acts.slice(0, 3)) await stage.play(act);

const { simulator, repository } = stage;
const [asked, status, asked2, , notice] = simulator.comments(repository, 1);
const run = stage.runs()[0];
const checks = run?.branch ? await simulator.checkRuns(repository, run.branch) : [];
await stage.close();

const markdown = (text: string) =>
  micromark(text.replaceAll(/<!--.*?-->\s*/gs, ''), {
    allowDangerousHtml: true,
    extensions: [gfmTable()],
    htmlExtensions: [gfmTableHtml()],
  });
const comment = (login: string, body: string) => `
  <article><div class="avatar">${login.startsWith('conductor') ? '◆' : 'A'}</div><div class="card">
    <header><b>${login}</b>${login.endsWith('[bot]') ? ' <span class="bot">bot</span>' : ''}</header>
    <section>${markdown(body)}</section></div></article>`;
const check = ({ name, conclusion, output }: (typeof checks)[number]) => `
  <li><span class="${conclusion}">${conclusion === 'success' ? '✓' : '!'}</span> <b>${name}</b> ${output.title}</li>`;

console.log(`<!doctype html><meta charset="utf-8"><style>
  body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: #1f2328; margin: 24px; background: #fff }
  h1 { font-size: 24px; font-weight: 400; margin: 0 0 16px } h1 span { color: #59636e }
  article { display: flex; gap: 12px; margin-bottom: 16px }
  .avatar { width: 36px; height: 36px; border-radius: 50%; background: #ddf4ff; color: #0969da; text-align: center; line-height: 36px; font-weight: 600; flex: none }
  .card { border: 1px solid #d1d9e0; border-radius: 6px; flex: 1; overflow: hidden }
  header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 6px 14px }
  section { padding: 4px 14px 8px } p { margin: 8px 0 } ul { padding-left: 22px; margin: 8px 0 }
  .bot { border: 1px solid #d1d9e0; border-radius: 12px; padding: 0 6px; font-size: 11px; color: #59636e }
  code { background: #eff1f3; border-radius: 4px; padding: 1px 5px; font: 12px ui-monospace, "DejaVu Sans Mono", monospace }
  blockquote { margin: 8px 0; padding: 0 12px; border-left: 3px solid #d1d9e0; color: #59636e }
  sub { color: #59636e; font-size: 12px; vertical-align: baseline } details { color: #59636e; font-size: 13px }
  .checks { border: 1px solid #d1d9e0; border-radius: 6px; margin: 0 0 20px 48px; padding: 8px 14px; list-style: none }
  .checks span { display: inline-block; width: 18px; height: 18px; line-height: 18px; border-radius: 50%; color: #fff; text-align: center; font-size: 12px; margin-right: 6px }
  .success { background: #1a7f37 } .action_required { background: #9a6700 }
</style>
<h1>${scenario.acts[0] && 'issue' in scenario.acts[0] ? scenario.acts[0].issue.title : ''} <span>#1</span></h1>
${comment('ada', asked?.body ?? '')}${comment('conductor[bot]', status?.body ?? '')}
<ul class="checks">${checks.map(check).join('')}</ul>
${comment('ada', asked2?.body ?? '')}${comment('conductor[bot]', notice?.body ?? '')}`);
