/** What the tests of a file have opened, and closes with them. Files may share a process: a module is loaded once for all of them. */
const open: (() => unknown)[] = [];

/** Has this done when the tests of the file are over, the newest first. */
export function closeLater(close: () => unknown): void {
  open.push(close);
}

/** Called after each file, by the set-up. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}
