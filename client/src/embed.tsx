/** Entry point of an embedded panel, `/embed/{operation}`. */
import './styles.css';
import { readEmbedUrl } from './embed/embedUrl';
import { Embed } from './embed/Embed';
import { panelFor } from './embed/embeddedPanels';
import { mount } from './mount';
import { applyTheme } from './theme/theme';

const { operation, token, theme } = readEmbedUrl(window.location);
applyTheme(theme);
mount(<Embed operation={operation} token={token} Panel={panelFor(operation)} />);
