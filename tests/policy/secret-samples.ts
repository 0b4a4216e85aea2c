/**
 * Values in the form of each kind of secret, made here and never in use. No scanner finds one in this file: heads and
 * bodies are put together only when a test runs. (secretlint's packages do not carry its own samples.)
 */
export interface Sample {
  readonly kind: string;
  readonly value: string;
  /** Where such a value is looked for; anywhere when not said. */
  readonly path?: string;
}

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const HEX = '0123456789abcdef';

/** Letters that look random and are always the same. */
function body(length: number, alphabet = ALNUM): string {
  let [state, made] = [length * 7_919 + alphabet.length, ''];
  while (made.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    made += alphabet[(state >> 8) % alphabet.length];
  }
  return made;
}

const of = (kind: string, ...parts: readonly string[]): Sample => ({ kind, value: parts.join('') });

function pem(kind: string, title: string, start: string, headers = ''): Sample {
  const rows = Array.from({ length: 8 }, (_, n) => body(64 - n).padEnd(64, 'Z'));
  const mark = (word: string) => `-----${word} ${title}-----`;
  return {
    kind,
    value: [
      mark('BEGIN'),
      ...(headers ? [headers, ''] : []),
      start + rows[0]!.slice(start.length),
      ...rows.slice(1),
      mark('END'),
    ].join('\n'),
  };
}

const B64 = 'PRIVATE' + ' KEY';

export const SECRETS: readonly Sample[] = [
  of('github classic', 'gh', 'p_', body(36)),
  of('github oauth', 'gh', 'o_', body(36)),
  of('github app', 'gh', 's_', body(36)),
  of('github refresh', 'gh', 'r_', body(36)),
  of('github fine-grained', 'github', '_pat_', body(22), '_', body(59)),
  of('gitlab', 'gl', 'pat-', body(20)),
  of('npm', 'np', 'm_', body(36)),
  { ...of('npmrc', '//registry.example/:_auth', 'Token=', body(36)), path: '.npmrc' },
  of('slack bot', 'xo', 'xb-', body(12, '0123456789'), '-', body(12, '0123456789'), '-', body(24)),
  of('slack user', 'xo', 'xp-', body(12, '0123456789'), '-', body(24)),
  of('slack webhook', 'https://hooks.sl', 'ack.com/services/T', body(8), '/B', body(8), '/', body(24)),
  of('aws id', 'AK', 'IA', body(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')),
  of('aws key', 'AWS_SECRET_ACC', 'ESS_KEY = "', body(40), '"'),
  of('openai', 's', 'k-', body(20), 'T3Blbk', 'FJ', body(20)),
  of('openai project', 's', 'k-proj-', body(74), 'T3Blbk', 'FJ', body(74)),
  of('anthropic', 'sk-a', 'nt-api03-', body(93), 'AA'),
  of('groq', 'gs', 'k_', body(52)),
  of('huggingface', 'h', 'f_', body(34, ALNUM.slice(0, 52))),
  of('linear', 'lin_', 'api_', body(40)),
  of('notion', 'nt', 'n_', body(11, '0123456789'), body(35)),
  of('sendgrid', 'S', 'G.', body(22), '.', body(43)),
  of('shopify', 'shp', 'at_', body(32, HEX)),
  of('stripe live', 'sk_', 'live_', body(24)),
  of('stripe restricted', 'rk_', 'live_', body(24)),
  of('grafana', 'gl', 'sa_', body(32), '_', body(8, HEX)),
  of('databricks', 'da', 'pi', body(32, HEX)),
  of('docker', 'dc', 'kr_pat_', body(27)),
  of('google', 'AI', 'za', body(35)),
  of('azure', body(3), '8', 'Q~', body(34)),
  of('basic auth', 'https://deploy:', body(18), '@build.acme.dev'),
  of('postgresql', 'postgresql://service:', body(18), '@db.acme.dev:5432/main'),
  of('mysql', 'mysql://service:', body(18), '@db.acme.dev:3306/main'),
  of('mongodb', 'mongodb+srv://service:', body(18), '@db.acme.dev/main'),
  pem('rsa', `RSA ${B64}`, 'MIIE'),
  pem('pkcs8', B64, 'MIIE'),
  pem('ec', `EC ${B64}`, 'MHcC'),
  pem('openssh', `OPENSSH ${B64}`, 'b3BlbnNzaC1rZXktdjE'),
  pem('pgp', `PGP ${B64} BLOCK`, 'lQOY'),
  pem('encrypted', `ENCRYPTED ${B64}`, 'MIIF'),
  pem(
    'encrypted, as openssl wrote it',
    `RSA ${B64}`,
    'MIIE',
    'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011',
  ),
  of('a key in JSON', '{"private', `_key": "-----BEGIN ${B64}-----\\nMIIE`, body(60), '\\n', body(60), '"}'),
];

/** Values that everybody knows to be none, and what only speaks of secrets. */
export const PLACEHOLDERS: readonly string[] = [
  `github_pat_${'x'.repeat(22)}_${'x'.repeat(59)}`,
  `ghp_${'x'.repeat(36)}`,
  `ghp_${'0'.repeat(36)}`,
  `AKIA${'IOSFODNN7EXAMPLE'}`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a workflow writes.
  '${{ secrets.GITHUB_TOKEN }}',
  'process.env.OPENAI_API_KEY',
  'sk-...',
  'sk_live_...',
  'https://user:password@example.com',
  'postgres://user:password@localhost/db',
  `if (text.startsWith('-----BEGIN ${B64}-----')) return null;`,
  `-----BEGIN ${B64}-----\n...\n-----END ${B64}-----`,
  `${'-----BEGIN'} PUBLIC KEY-----\n${body(64)}\n-----END PUBLIC KEY-----`,
  'sha512-'.concat(body(86), '=='),
  'a'.repeat(64),
  body(40, HEX),
];

/** A sample as it stands in a file. */
export function text({ value }: Sample): string {
  return value;
}
