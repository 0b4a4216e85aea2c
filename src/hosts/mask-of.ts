import { readFileSync } from 'node:fs';
import { createMask, type Mask } from '../messages/mask.ts';

/** What secrets are called: Conductor's own, those of vendors and of runners, and whatever a model's entry may name. */
const SECRET_NAME = /KEY|SECRET|TOKEN|PASS(WORD|WD|PHRASE)?$|CREDENTIAL|OTLP(_TRACES)?_HEADERS$/i;
/** Where a secret is, or whose it is. */
const NO_SECRET = /_(PATH|FILE|DIR|ID)$/i;

/**
 * A mask for the secrets of an environment: every variable that is called like one, the passwords in every address
 * (`DATABASE_URL`, a proxy's), and the App's key file.
 */
export function maskOf(variables: Readonly<Record<string, string | undefined>>): Mask {
  const secrets = Object.entries(variables).flatMap(([name, of = '']) => {
    const isSecret = SECRET_NAME.test(name) && !NO_SECRET.test(name);
    return isSecret || of.includes('://') ? [of] : [];
  });
  return createMask([...secrets, keyFile(variables.PRIVATE_KEY_PATH)]);
}

/** Whoever needs the key says what is wrong with its file. */
function keyFile(path: string | undefined): string {
  try {
    return path ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
