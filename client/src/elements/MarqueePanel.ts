/** `<marquee-panel>`: one panel, that of a published operation. */
import { FrameElement } from './FrameElement';

const OWN = ['operation'];

export class MarqueePanel extends FrameElement {
  static override readonly observedAttributes: readonly string[] = [...FrameElement.observedAttributes, ...OWN];
  protected readonly own = OWN;

  get operation(): string {
    return this.getAttribute('operation') ?? '';
  }
  set operation(name: string) {
    this.setAttribute('operation', name);
  }

  protected get shown(): string {
    return this.operation;
  }
}
