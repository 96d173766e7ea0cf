/** What can be done with a panel: its rows as a file, its picture, its address, and the request behind it. */
import { Bell, CodeXml, Compass, Download, Image, LayoutDashboard, Link2, type LucideIcon, SquareTerminal } from 'lucide-react';
import { lazy, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Provenance } from '../api/response';
import { apiAddress, getFile } from '../api/transport';
import { savePng, saveSvg } from '../charts/chartImage';
import { LazyPart } from '../components/LazyPart';
import { t } from '../i18n/i18n';
import { saveBlob } from '../menus/download';
import { formatInstant } from '../format';
import { useSession } from '../session/useSession';
import { useViewer } from '../session/viewer';
import { useNavigate, useSearch } from '../view/router';
import { useView } from '../view/useView';
import { viewOnly } from '../view/view';
import type { PanelMenuProps } from './PanelMenu';

const SaveToBoard = lazy(async () => ({ default: (await import('../boards/SaveToBoard')).SaveToBoard }));

const EmbedDialog = lazy(async () => ({ default: (await import('./EmbedDialog')).EmbedDialog }));

export function PanelMenuItems({ title, source, body, provenance, onDone }: PanelMenuProps & { readonly onDone: () => void }) {
  const { token } = useSession();
  const first = useRef<HTMLDivElement>(null);
  // The menu took the focus before its items were here.
  useEffect(() => { first.current?.querySelector<HTMLElement>('button')?.focus(); }, []);
  const [failure, setFailure] = useState<string | null>(null);
  const { operation, variables, path, question } = source;
  const isList = operation !== undefined && (source.isList ?? true);
  const [part, setPart] = useState<'board' | 'embed' | null>(null);
  const permissions = useViewer()?.permissions ?? [];
  const mayEmbed = permissions.includes('createEmbedToken');
  const mayAlert = permissions.includes('saveAlert');
  const search = useSearch();
  const navigate = useNavigate();
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
    if (operation) saveBlob(await getFile(token, operation, known, format), `${name}.${format}`);
  };

  if (part) {
    return (
      <LazyPart fallback={<p className="p-2.5 text-sm text-muted">{t('Loading')}</p>}>
        {part === 'board' && question && <SaveToBoard title={title} question={question} />}
        {part === 'embed' && operation && <EmbedDialog title={title} operation={operation} variables={known} />}
      </LazyPart>
    );
  }
  return (
    <div ref={first} className="contents">
      {question && <Item Icon={Compass} onPress={() => run(() => { navigate(`/explore?${question}${viewOnly(search).replace('?', '&')}`); })}>{t('Explore this')}</Item>}
      {question && <Item Icon={LayoutDashboard} onPress={() => { setPart('board'); }}>{t('Save to a board')}</Item>}
      {question && mayAlert && <Item Icon={Bell} onPress={() => run(() => { navigate(`/alerts?new=1&title=${encodeURIComponent(title)}&${question}${viewOnly(search).replace('?', '&')}`); })}>{t('Alert')}</Item>}
      {operation && mayEmbed && <Item Icon={CodeXml} onPress={() => { setPart('embed'); }}>{t('Embed')}</Item>}
      {isList && <Item Icon={Download} onPress={() => run(saveFile('csv'))}>{t('Download CSV')}</Item>}
      {isList && <Item Icon={Download} onPress={() => run(saveFile('parquet'))}>{t('Download Parquet')}</Item>}
      {drawn && <Item Icon={Image} onPress={() => run(() => savePng(drawn, name))}>{t('Save as PNG')}</Item>}
      {drawn && <Item Icon={Image} onPress={() => run(() => { saveSvg(drawn, name); })}>{t('Save as SVG')}</Item>}
      <Item Icon={Link2} onPress={() => run(() => navigator.clipboard.writeText(window.location.href))}>{t('Copy link to this view')}</Item>
      {operation && <Item Icon={SquareTerminal} onPress={() => run(() => navigator.clipboard.writeText(curlOf(operation, known)))}>{t('Copy as curl')}</Item>}
      {path && <Computed provenance={provenance} path={path} />}
      {failure && <p role="alert" className="max-w-64 p-2 text-xs text-bad">{failure}</p>}
    </div>
  );
}

/** How the figures were computed: the tables that were read, and how fresh they are. */
function Computed({ provenance, path }: { readonly provenance: Provenance | undefined; readonly path: string }) {
  const { view } = useView();
  const source = provenance?.paths?.[path]?.source;
  if (!source) return null;
  return (
    <dl className="mt-1 grid max-w-72 gap-0.5 border-t border-line p-2.5 text-xs">
      <dt className="text-muted">{t('Computed from')}</dt>
      <dd className="font-mono wrap-anywhere">{source.join(', ')}</dd>
      {provenance.loadedAt && (
        <>
          <dt className="mt-1 text-muted">{t('Loaded')}</dt>
          <dd>{formatInstant(provenance.loadedAt, view.timeZone)}</dd>
        </>
      )}
    </dl>
  );
}

/** The token stays out of it: what is copied is pasted to others. */
function curlOf(operation: string, variables: object): string {
  return `curl -s '${window.location.origin}${apiAddress(operation, variables).replaceAll("'", '%27')}' -H "Authorization: Bearer $TOKEN"`;
}

function Item({ Icon, onPress, children }: { readonly Icon: LucideIcon; readonly onPress: () => Promise<void> | void; readonly children: ReactNode }) {
  return (
    <button type="button" className="menu-item" onClick={() => void onPress()}>
      <Icon className="size-4 text-muted" aria-hidden />
      {children}
    </button>
  );
}
