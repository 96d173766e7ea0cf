/** Entry point of an embedded panel, `/embed/{operation}`. */
import './styles.css';
import { openEmbed } from './api/transport';
import { readEmbedUrl } from './embed/embedUrl';
import { Embed } from './embed/Embed';
import { EmbedToken } from './embed/EmbedToken';
import { panelFor } from './embed/embeddedPanels';
import { HostPage } from './embed/HostPage';
import { loadTexts } from './i18n/i18n';
import { mount } from './mount';
import { applyTheme } from './theme/theme';

const { operation, token, theme, isElement } = readEmbedUrl(window.location);
const isFramed = window.parent !== window;
applyTheme(theme);
const exchange = (one: string) => openEmbed(operation, one);
// Before anything is waited for: the page around may write at once.
const host = isElement && isFramed ? new HostPage(token, exchange) : null;
await loadTexts();
mount(<Embed operation={operation} isFramed={isFramed} token={host?.token ?? new EmbedToken(token, null, exchange)} host={host} Panel={panelFor(operation)} />);
