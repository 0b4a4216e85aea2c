/** A text of Conductor's on GitHub. */
export interface Word {
  readonly where: string;
  readonly body: string;
  /** Without code, which nobody is notified by. */
  readonly prose: string;
  /** GitHub shows it as Markdown, not as plain text. */
  readonly isMarkdown: boolean;
  readonly isNew: boolean;
  readonly mentions: readonly string[];
  /** Which secret it holds, in whatever dress; null: none. */
  readonly secret: string | null;
}

type Text = Pick<Word, 'where' | 'body' | 'isMarkdown' | 'isNew'>;

export function wordOf(text: Text, secrets: ReadonlyMap<string, string>): Word {
  const prose = proseOf(text.body);
  return { ...text, prose, mentions: mentionsIn(prose), secret: secretIn(text.body, secrets) };
}

function proseOf(body: string): string {
  return body
    .replace(/^ {0,3}(`{3,}|~{3,})[\s\S]*?^ {0,3}\1[`~]*\s*$/gm, '')
    .replace(/^> ?/gm, '')
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
}

const mentionsIn = (prose: string) =>
  [...prose.matchAll(/(?<![\w`/.\\-])@([a-z\d](?:[a-z\d-]*[a-z\d])?)/gi)].map(([, login = '']) =>
    login.toLowerCase(),
  );

/** Verbatim, or in one of the dresses that a reader can take off. */
export function secretIn(text: string, secrets: ReadonlyMap<string, string>): string | null {
  const bare = text.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  for (const [name, secret] of secrets) {
    const dressed = [
      secret,
      secret.split('').reverse().join(''),
      Buffer.from(secret).toString('hex'),
      encodeURIComponent(secret),
      ...inBase64(secret),
    ];
    if (dressed.some((each) => bare.includes(each))) return name;
  }
  return null;
}

/** In base64 a text looks one of three ways, by where it begins. */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${secret}`)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
}
