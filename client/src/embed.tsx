/** The entry of an embedded panel, `/embed/{operation}`. */
import './styles.css';
import { readEmbedAddress } from './embed/address';
import { Embed } from './embed/Embed';
import { panelFor } from './embed/embeddable';
import { mount } from './mount';
import { applyTheme } from './theme/theme';

const { operation, token, theme } = readEmbedAddress(window.location);
applyTheme(theme);
mount(<Embed operation={operation} token={token} Panel={panelFor(operation)} />);
