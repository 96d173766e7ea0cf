/** When to refresh after changes: once for many, never two at a time, and for at most a tenth of the time. */

/** Loads may come in quick succession: refresh once for all of them. */
export const SHORTEST_PAUSE_MS = 1_000;
/** How many times as long as a refresh took until the next may begin. */
const REST = 9;

export class RefreshPace<TChange> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pauseMs = SHORTEST_PAUSE_MS;
  private endedAt = Number.NEGATIVE_INFINITY;
  private isRefreshing = false;
  private changes: TChange[] = [];
  private isStopped = false;

  constructor(
    private readonly refresh: (changes: readonly TChange[]) => Promise<unknown>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A change came: a refresh for it follows, after a pause. */
  note(change: TChange): void {
    this.changes.push(change);
    this.schedule();
  }

  /** No refresh begins any more. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.isRefreshing || this.isStopped || this.timer !== undefined) return;
    const waited = this.now() - this.endedAt;
    this.timer = setTimeout(() => void this.run(), Math.max(SHORTEST_PAUSE_MS, this.pauseMs - waited));
  }

  private async run(): Promise<void> {
    this.timer = undefined;
    const changes = this.changes;
    this.changes = [];
    this.isRefreshing = true;
    const began = this.now();
    try {
      await this.refresh(changes);
    } finally {
      this.isRefreshing = false;
      this.endedAt = this.now();
      this.pauseMs = Math.max(SHORTEST_PAUSE_MS, REST * (this.endedAt - began));
      if (this.changes.length > 0) this.schedule();
    }
  }
}
