/** One message of a thread, as people saw it. */
export interface ThreadMessage {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** True for Conductor's own comments. */
  readonly own: boolean;
}
