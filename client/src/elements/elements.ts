/** Entry point of `/elements.js`, which pages of other sites load: it makes the elements known to their browser. */
import { MarqueeBoard } from './MarqueeBoard';
import { MarqueePanel } from './MarqueePanel';

if (!customElements.get('marquee-panel')) customElements.define('marquee-panel', MarqueePanel);
if (!customElements.get('marquee-board')) customElements.define('marquee-board', MarqueeBoard);
