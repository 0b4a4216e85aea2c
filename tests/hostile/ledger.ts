/** What people said about changes, as the suite saw them say it: nothing of it is read from Conductor's words. */
export interface Opinion {
  readonly by: string;
  readonly says: 'yes' | 'no';
  /** What it is about: a state of a pull request; null: none that anybody was shown. */
  readonly state: string | null;
  /** The number of its comment or review. */
  readonly id: number;
  withdrawn: boolean;
}

/** What the suite remembers of one attack, from its first act to its last. */
export interface Ledger {
  readonly opinions: Opinion[];
  /** Who took part in each pull request. */
  readonly makers: Map<number, Set<string>>;
  /** The state that stood when a digest was first shown. */
  readonly shown: Map<string, string>;
  /** Who did something in this act: whoever may be notified of what comes of it. */
  readonly actors: Set<string>;
  /** Who has pressed a button. */
  readonly pressed: Set<string>;
  /** Opinions before this act. */
  heard: number;
  /** Runs that may come of what people and machines did in this act: one for each thing that they did. */
  causes: number;
  /** Requests of this act that have to be answered, each once. */
  asked: number;
  /** What git told once of commits, which never change: each question costs a process. */
  readonly known: Map<string, Promise<unknown>>;
  /** Refs that people moved in this act. */
  readonly theirs: Map<string, string>;
}

export const emptyLedger = (): Ledger => ({
  ...{ opinions: [], makers: new Map(), shown: new Map(), actors: new Set(['ada']) },
  ...{ heard: 0, causes: 0, asked: 0, pressed: new Set(), theirs: new Map(), known: new Map() },
});

/** Begins another act. */
export function nextAct(ledger: Ledger): void {
  ledger.heard = ledger.opinions.length;
  ledger.causes = 0;
  ledger.asked = 0;
  ledger.theirs.clear();
  ledger.actors.clear();
  ledger.actors.add('ada');
}

/** Asks once. `key`: all that the answer depends on. */
export function onceKnown<T>({ known }: Ledger, key: string, ask: () => Promise<T>): Promise<T> {
  const found = (known.get(key) as Promise<T> | undefined) ?? ask();
  known.set(key, found);
  return found;
}
