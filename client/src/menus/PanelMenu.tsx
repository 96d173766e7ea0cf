/** What can be done with a panel: its rows as a file, its picture, its address, and the request behind it. */
import { Download, Ellipsis, Image, Link2, type LucideIcon, SquareTerminal } from 'lucide-react';
import { type ReactNode, type RefObject, useState } from 'react';
import { apiAddress, getFile } from '../api/transport';
import { savePng, saveSvg } from '../charts/picture';
import { t } from '../i18n/i18n';
import { saveBlob } from '../menus/save';
import { useSession } from '../session/session';
import { Popover } from './Popover';

export interface PanelSource {
  /** The published operation whose answer has these figures. */
  readonly operation: string;
  readonly variables: object | null;
  /** Whether the answer is one list, which can be a file. */
  readonly isList?: boolean;
}

interface PanelMenuProps {
  readonly title: string;
  readonly source: PanelSource;
  readonly body: RefObject<HTMLElement | null>;
}

export function PanelMenu({ title, source, body }: PanelMenuProps) {
  return (
    <Popover
      label={t('More for {title}', { title })}
      buttonClass="icon-button"
      align="end"
      button={<Ellipsis className="size-4" aria-hidden />}
    >
      {(close) => <Items title={title} source={source} body={body} onDone={close} />}
    </Popover>
  );
}

function Items({ title, source, body, onDone }: PanelMenuProps & { readonly onDone: () => void }) {
  const { token } = useSession();
  const [failure, setFailure] = useState<string | null>(null);
  const { operation, variables, isList = true } = source;
  const known = variables ?? {};
  const name = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  const drawn = body.current?.querySelector<SVGSVGElement>('svg[role=img]') ?? null;

  async function run(work: () => Promise<void> | void) {
    try {
      await work();
      onDone();
    } catch (thrown) {
      setFailure(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  const saveFile = (format: 'csv' | 'parquet') => async () => {
    saveBlob(await getFile(token, operation, known, format), `${name}.${format}`);
  };

  return (
    <>
      {isList && <Item Icon={Download} onPress={() => run(saveFile('csv'))}>{t('Download CSV')}</Item>}
      {isList && <Item Icon={Download} onPress={() => run(saveFile('parquet'))}>{t('Download Parquet')}</Item>}
      {drawn && <Item Icon={Image} onPress={() => run(() => savePng(drawn, name))}>{t('Save as PNG')}</Item>}
      {drawn && <Item Icon={Image} onPress={() => run(() => { saveSvg(drawn, name); })}>{t('Save as SVG')}</Item>}
      <Item Icon={Link2} onPress={() => run(() => navigator.clipboard.writeText(window.location.href))}>{t('Copy link to this view')}</Item>
      <Item Icon={SquareTerminal} onPress={() => run(() => navigator.clipboard.writeText(curlOf(operation, known)))}>{t('Copy as curl')}</Item>
      {failure && <p role="alert" className="max-w-64 p-2 text-xs text-bad">{failure}</p>}
    </>
  );
}

/** The token stays out of it: what is copied is pasted to others. */
function curlOf(operation: string, variables: object): string {
  return `curl -s '${window.location.origin}${apiAddress(operation, variables).replaceAll("'", '%27')}' -H "Authorization: Bearer $TOKEN"`;
}

function Item({ Icon, onPress, children }: { readonly Icon: LucideIcon; readonly onPress: () => Promise<void>; readonly children: ReactNode }) {
  return (
    <button type="button" className="menu-item" onClick={() => void onPress()}>
      <Icon className="size-4 text-muted" aria-hidden />
      {children}
    </button>
  );
}

