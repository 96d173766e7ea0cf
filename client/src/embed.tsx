/** The entry of an embedded panel, `/embed/{operation}`. */
import './styles.css';
import { readEmbedAddress } from './embed/address';
import { Embed } from './embed/Embed';
import { mount } from './mount';
import { applyTheme } from './theme/theme';

const address = readEmbedAddress(window.location);
applyTheme(address.theme);
mount(<Embed {...address} />);
