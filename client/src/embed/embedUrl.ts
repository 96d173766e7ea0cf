/** Reads an embed's URL: `/embed/{operation}?token=...&theme=dark`. */
import { cleanToken } from '../session/token';
import { PREFIX } from '../prefix';

export interface EmbedUrl {
  readonly operation: string;
  readonly token: string;
  readonly theme: string | null;
}

export function readEmbedUrl({ pathname, search }: Pick<Location, 'pathname' | 'search'>): EmbedUrl {
  const [, operation = ''] = /^\/embed\/([^/]+)\/?$/.exec(pathname.slice(PREFIX.length)) ?? [];
  const query = new URLSearchParams(search);
  return { operation: decodeURIComponent(operation), token: cleanToken(query.get('token') ?? ''), theme: query.get('theme') };
}
