/** `<marquee-board>`: the questions of one saved board. Its variables are the view: range, timeZone, compareTo, where. */
import { FrameElement, type Variables } from './FrameElement';

const OWN = ['board'];

export class MarqueeBoard extends FrameElement {
  static override readonly observedAttributes: readonly string[] = [...FrameElement.observedAttributes, ...OWN];
  protected readonly own = OWN;
  protected readonly shown = 'Board';

  /** The board's id, where the token does not fix it. */
  get board(): string {
    return this.getAttribute('board') ?? '';
  }
  set board(id: string) {
    this.setAttribute('board', id);
  }

  override attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    // Another board goes into the open frame.
    if (name === 'board') this.sendSettings();
    else super.attributeChangedCallback(name, before, now);
  }

  protected override get settled(): Variables {
    return { ...super.settled, ...(this.board && { id: this.board }) };
  }
}
