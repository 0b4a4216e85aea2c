/** The answer to `@conductor help`: what works, in the fewest words. */
export function helpText(trigger: string): string {
  const say = (words: string) => `\`@${trigger} ${words}\``;
  return [
    `| say | what happens |`,
    `| --- | --- |`,
    `| ${say('fix the rounding bug')} | an agent proposes a change; policy judges it; a draft pull request opens |`,
    `| ${say('ask why is this slow?')} | an answer; nothing is changed |`,
    `| ${say('review this')} | the reviewer reads and answers |`,
    `| ${say('preview fix the typo')} | shows the change and its verdict; writes nothing |`,
    `| ${say('reviewer: is this safe?')} | asks that agent |`,
    `| ${say('status')}, ${say('stop')}, ${say('retry')} | lists, ends, or goes on with the runs of this thread |`,
    `| ${say('approve 3f2a9c0d11e4')}, ${say('deny and why')} | in Conductor’s pull request: a yes to exactly this change, by its digest; or a no, and an agent works on the reason |`,
    `| ${say('undo')}, ${say('undo #12')} | takes back what Conductor’s pull request brought, or its last commit there |`,
    `| ${say('why')}, ${say('why r3f2a9c0d11e4')} | the story of the last run here, or of any in this repository, from the record |`,
    `| ${say('budget')}, ${say('doctor')} | what was spent and what may be; which models and agents work |`,
    `| ${say('context fix the rounding bug')} | what an agent would be told of the repository, in figures; no model is asked |`,
    `| ${say('anything else')} | goes to the default agent |`,
    '',
    'Options: `--model=NAME`, `--max_cost_usd=2`, `--max_turns=10`, `--output=patch`; “spend up to $2” works too. Write access is needed. Edits of a comment never command.',
  ].join('\n');
}
