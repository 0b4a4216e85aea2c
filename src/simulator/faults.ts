/** What goes wrong, and when: `before` leaves the world as it was, `after` applies the effect first. */
export interface Fault {
  /** `POST /repos/{owner}/{repo}/pulls`, or a pattern over such lines. Absent: every call. */
  readonly route?: string | RegExp;
  /** From which matching call on, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many calls it strikes. Default 1. */
  readonly times?: number;
  readonly kind:
    | 'fail-before'
    | 'fail-after'
    | 'drop-before'
    | 'drop-after'
    | 'delay'
    | 'secondary-limit'
    | 'answer';
  /** Default 502 for failures, 403 for the secondary limit, 200 for `answer`. */
  readonly status?: number;
  readonly body?: unknown;
  readonly retryAfterSeconds?: number;
  readonly delayMs?: number;
}

type Callback = () => void | Promise<void>;

export interface FaultHandle {
  remove(): void;
  /** How many calls it struck so far. */
  readonly hits: number;
}

export interface Faults {
  add(fault: Fault): FaultHandle;
  /** Runs a callback just before the effect of the next call (or the next `times` calls) of a route. */
  before(route: string | RegExp, callback: Callback, times?: number): FaultHandle;
  /** Runs it when the effect is done and nothing has been answered yet; a call that is refused has no effect. */
  after(route: string | RegExp, callback: Callback, times?: number): FaultHandle;
  clear(): void;
}

/** The server's side of fault injection. */
export interface FaultSource extends Faults {
  /** The first fault that strikes this call, if any. Counts the call. */
  strike(route: string): Fault | null;
  runBefore(route: string): Promise<void>;
  runAfter(route: string): Promise<void>;
}

interface Armed<T> {
  readonly what: T;
  readonly route: string | RegExp | undefined;
  readonly nth: number;
  readonly times: number;
  seen: number;
  hits: number;
}

/** Starts with nothing going wrong. */
export function createFaults(): FaultSource {
  const faults = new Set<Armed<Fault>>();
  const before = new Set<Armed<Callback>>();
  const after = new Set<Armed<Callback>>();

  function arm<T>(set: Set<Armed<T>>, armed: Armed<T>): FaultHandle {
    set.add(armed);
    return {
      remove: () => void set.delete(armed),
      get hits() {
        return armed.hits;
      },
    };
  }

  /** Those that this call makes due; every one that the route matches has seen the call. */
  function due<T>(set: Set<Armed<T>>, route: string): Armed<T>[] {
    const matching = [...set].filter((armed) => matches(armed.route, route));
    for (const armed of matching) armed.seen += 1;
    return matching.filter(({ seen, nth, hits, times }) => seen >= nth && hits < times);
  }

  const armCallback = (set: Set<Armed<Callback>>, route: string | RegExp, what: Callback, times = 1) =>
    arm(set, { what, route, nth: 1, times, seen: 0, hits: 0 });

  async function run(set: Set<Armed<Callback>>, route: string): Promise<void> {
    for (const armed of due(set, route)) {
      armed.hits += 1;
      await armed.what();
    }
  }

  return {
    add(fault) {
      return arm(faults, {
        what: fault,
        route: fault.route,
        nth: fault.nth ?? 1,
        times: fault.times ?? 1,
        seen: 0,
        hits: 0,
      });
    },
    before: (route, callback, times) => armCallback(before, route, callback, times),
    after: (route, callback, times) => armCallback(after, route, callback, times),
    clear() {
      faults.clear();
      before.clear();
      after.clear();
    },
    strike(route) {
      const [struck] = due(faults, route);
      if (struck === undefined) return null;
      struck.hits += 1;
      return struck.what;
    },
    runBefore: (route) => run(before, route),
    runAfter: (route) => run(after, route),
  };
}

function matches(wanted: string | RegExp | undefined, route: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? wanted === route : wanted.test(route);
}
