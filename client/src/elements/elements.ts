/** Entry point of `/elements.js`, which pages of other sites load: it makes `<marquee-panel>` known to their browser. */
import { MarqueePanel } from './MarqueePanel';

if (!customElements.get('marquee-panel')) customElements.define('marquee-panel', MarqueePanel);
