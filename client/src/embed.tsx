/** Entry point of an embedded panel, `/embed/{operation}`. */
import './styles.css';
import { readEmbedUrl } from './embed/embedUrl';
import { Embed } from './embed/Embed';
import { EmbedToken } from './embed/EmbedToken';
import { panelFor } from './embed/embeddedPanels';
import { HostPage } from './embed/HostPage';
import { mount } from './mount';
import { applyTheme } from './theme/theme';

const { operation, token, theme, isElement } = readEmbedUrl(window.location);
applyTheme(theme);
const host = isElement && window.parent !== window ? new HostPage(token) : null;
mount(<Embed operation={operation} token={host?.token ?? new EmbedToken(token, null)} host={host} Panel={panelFor(operation)} />);
