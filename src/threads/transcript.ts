/** One message of a thread, as people saw it. */
export interface ThreadMessage {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** When its text was last edited; as `createdAt` where it never was. */
  readonly updatedAt: string;
  /** True for Conductor's own comments. */
  readonly own: boolean;
}

/** Messages as whoever asked had seen them, and in words those that have been edited since. */
export interface Before {
  readonly earlier: readonly ThreadMessage[];
  readonly editedSince: readonly string[];
}

/** Leaves out what was written or edited after `at`, the moment of the request. */
export function before(messages: readonly ThreadMessage[], at: string): Before {
  return {
    earlier: messages.filter(({ updatedAt }) => updatedAt <= at),
    editedSince: messages
      .filter(({ createdAt, updatedAt }) => createdAt <= at && updatedAt > at)
      .map(({ id, author, updatedAt }) => `message ${id} by ${author}, edited ${updatedAt}`),
  };
}
