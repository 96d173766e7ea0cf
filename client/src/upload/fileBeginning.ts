/** The beginning of a file, which is inspected before the whole is sent. */
import { RequestError } from '../api/errors';
import { t } from '../i18n/i18n';
import type { FileKind } from './fileKind';

export interface Beginning {
  readonly body: Blob;
  /** Whether the file goes on behind it. */
  readonly isCut: boolean;
}

/** The first bytes of a text, unpacked; all of a packed format. */
export async function readBeginning(file: File, kind: FileKind, mostBytes: number): Promise<Beginning> {
  if (kind.isPacked) return { body: file, isCut: false };
  if (!kind.isGzip) return { body: file.slice(0, mostBytes), isCut: file.size > mostBytes };
  try {
    return await unpacked(file, mostBytes);
  } catch {
    throw new RequestError('BAD_INPUT', t('The file is not valid gzip, or it is cut off.'));
  }
}

async function unpacked(file: File, mostBytes: number): Promise<Beginning> {
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let read = 0;
  while (read <= mostBytes) {
    const { done, value } = await reader.read();
    if (done) return { body: new Blob(pieces), isCut: false };
    pieces.push(value);
    read += value.byteLength;
  }
  await reader.cancel();
  return { body: new Blob(pieces).slice(0, mostBytes), isCut: true };
}
