/** The look of the page around an element: light or dark, and the colours and font that its CSS variables name. */
import type { StyleName, Styles } from './frameProtocol';

const COLOURS: readonly StyleName[] = ['accent', 'background', 'text', 'muted', 'line'];
const VARIABLES = [...COLOURS, 'font'].map((name) => `--marquee-${name}`);

/** A change of a colour or variable starts a transition here, whatever caused it. The other element is read. */
export const LOOK_STYLES = `
  .watch, .read { position: absolute; visibility: hidden; color: #fff; color: light-dark(#fff, #000); }
  .watch { transition: color 1ms, ${VARIABLES.map((name) => `${name} 1ms allow-discrete`).join(', ')}; }
`;
export const LOOK_ELEMENTS = '<i class="watch"></i><i class="read"></i>';

export class HostLook {
  readonly #read: HTMLElement;

  /** `root` holds the two elements; `onChange` hears that the look may have changed. */
  constructor(root: ParentNode, onChange: () => void) {
    this.#read = found(root, '.read');
    found(root, '.watch').addEventListener('transitionrun', onChange);
  }

  /** The page's color-scheme as it is used here: dark, or light. */
  get scheme(): 'light' | 'dark' {
    return getComputedStyle(this.#read).color === 'rgb(0, 0, 0)' ? 'dark' : 'light';
  }

  /** The variables that are set; colours are resolved, so that the frame need not know what they refer to. */
  get styles(): Styles {
    const computed = getComputedStyle(this.#read);
    const given = (name: StyleName) => computed.getPropertyValue(`--marquee-${name}`).trim();
    const colours = COLOURS.flatMap((name) => {
      const text = given(name);
      return CSS.supports('color', text) ? [[name, this.#resolved(text)] as const] : [];
    });
    const font = given('font');
    return Object.fromEntries([...colours, ...(font ? [['font', font]] : [])]) as Styles;
  }

  #resolved(colour: string): string {
    this.#read.style.color = colour;
    const resolved = getComputedStyle(this.#read).color;
    this.#read.style.color = '';
    return resolved;
  }
}

function found(root: ParentNode, selector: string): HTMLElement {
  const element = root.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`The element ${selector} is missing.`);
  return element;
}
