import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import type { Finding, Rule } from './rule.ts';

/** What ssh-keygen and gpg call private keys. */
const KEY_NAMES = strictMatcher(['**/id_{rsa,dsa,ecdsa,ed25519,ecdsa_sk,ed25519_sk,xmss}', '**/secring.gpg']);
/** Values for one machine; the examples of them hold none. */
const ENVIRONMENTS = strictMatcher([
  '**/{.env,.env.*,*.env,.htpasswd,.netrc,credentials.json}',
  '.aws/credentials',
]);
const EXAMPLES = /\.(?:example|sample|template|dist|defaults?)$/i;

/** Blocks new lines that hold a secret, and files that are named like one. The value is shown nowhere. */
export const secrets: Rule = {
  name: 'secrets',
  title: () => 'No new line holds a private key, a token or a password, and no file is named like one.',

  find(facts) {
    const inLines = facts.secrets.map<Finding>(({ scanner, path, line, masked }) => ({
      verdict: 'block',
      path,
      line,
      message: `Line ${line} of ${shownPath(path)} holds what looks like a secret (${scanner}: ${masked}).`,
      fix: 'Read it from the environment or a secret store; if the value is real, revoke it. A person may commit a value that only looks real.',
    }));
    const gone = new Set(
      facts.applied.ok
        ? facts.applied.files.filter(({ after }) => after === null).map(({ path }) => path)
        : [],
    );
    const names = touchedPaths(facts).filter((path) => !gone.has(path) && !EXAMPLES.test(path));
    return [...inLines, ...names.flatMap(inName)];
  },
};

function inName(path: string): Finding[] {
  if (KEY_NAMES(path) !== null) {
    const message = `${shownPath(path)} has the name of a private key.`;
    return [{ verdict: 'block', path, message, fix: 'Leave the file out: a key belongs in a secret store.' }];
  }
  if (ENVIRONMENTS(path) === null) return [];
  return [
    {
      verdict: 'review',
      path,
      message: `${shownPath(path)} has the name of a file that holds secrets.`,
      fix: 'Propose an example, such as .env.example, or have a person approve the file.',
    },
  ];
}
