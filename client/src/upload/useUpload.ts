/** One upload: a file, how it would be read, and what became of it. Nothing is sent before it is asked for. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { asRequestError, type RequestError } from '../api/errors';
import { useSession } from '../session/useSession';
import { type Corrections, withCorrection } from './corrections';
import { type Beginning, readBeginning } from './fileBeginning';
import type { FileKind } from './fileKind';
import type { ProfileDocument } from './profile';
import { QUARANTINE } from './quarantine';
import { type Contract, getOutcome, type Inspection, type InspectionQuery, inspectFile, newKey, type Outcome, type Receipt, sendFile, withSenderToken } from './requests';

export interface ChosenFile {
  readonly file: File;
  readonly kind: FileKind;
  readonly beginning: Beginning;
}

export interface Upload {
  readonly chosen: ChosenFile | null;
  readonly inspection: Inspection | null;
  readonly corrections: Corrections;
  readonly isInspecting: boolean;
  /** How much of the file is sent, 0 to 1; null while none is being sent. */
  readonly sent: number | null;
  readonly receipt: Receipt | null;
  /** Null while it is not known; a receipt stands without it. */
  readonly outcome: Outcome | null;
  readonly error: RequestError | null;
}

const NOTHING: Upload = { chosen: null, inspection: null, corrections: {}, isInspecting: false, sent: null, receipt: null, outcome: null, error: null };

export interface UploadActions {
  readonly choose: (file: File, kind: FileKind) => void;
  readonly inspect: (asked: InspectionQuery) => void;
  /** The text of one cell instead of the file's own; null takes it back. */
  readonly correct: (row: number, column: string, text: string | null) => void;
  readonly send: () => void;
  readonly cancel: () => void;
  /** Hides the error. */
  readonly dismiss: () => void;
  readonly clear: () => void;
}

export function useUpload(contract: Contract | undefined, subject: string): [Upload, UploadActions] {
  const { token } = useSession();
  const queries = useQueryClient();
  const [upload, setUpload] = useState(NOTHING);
  /** What is under way: a newer one ends it. */
  const current = useRef<AbortController>(null);
  /** The key of each file and profile that was sent, so that sending it again after a broken connection loads nothing twice. */
  const key = useRef<{ readonly of: string; readonly text: string }>(null);

  useEffect(() => () => { current.current?.abort(); }, []);

  /** Runs a step, whose failure is shown unless a newer step has begun; `restore` is then as it was. */
  function run(change: Partial<Upload>, step: (signal: AbortSignal) => Promise<Partial<Upload>>, restore: Partial<Upload> = {}) {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    const show = (part: Partial<Upload>) => {
      if (current.current === controller) setUpload((before) => ({ ...before, ...part }));
    };
    setUpload((before) => ({ ...before, error: null, ...change }));
    step(controller.signal).then(show, (thrown: unknown) => {
      show({ ...restore, isInspecting: false, sent: null, error: asRequestError(thrown) });
    });
  }

  function choose(file: File, kind: FileKind) {
    if (!contract) return;
    key.current = null;
    run({ ...NOTHING, isInspecting: true }, async (signal) => {
      const beginning = await readBeginning(file, kind, contract.beginning_bytes);
      const inspection = await inspectFile(token, kind, beginning, {}, signal);
      return { chosen: { file, kind, beginning }, inspection, isInspecting: false };
    });
  }

  function inspect(asked: InspectionQuery) {
    const { chosen, inspection } = upload;
    if (!chosen || !inspection) return;
    // Shown at once: the next choice adds to this one, also before the server has answered.
    const tried = asked.profile?.map ? { ...inspection, profile: asked.profile } : inspection;
    // Read by another delimiter or encoding, the file has other cells.
    const corrections = asked.corrections ?? (asked.profile?.map ? upload.corrections : {});
    const step = async (signal: AbortSignal) => ({
      inspection: await inspectFile(token, chosen.kind, chosen.beginning, { ...asked, corrections }, signal),
      isInspecting: false,
    });
    run({ isInspecting: true, inspection: tried, corrections }, step, { inspection, corrections: upload.corrections });
  }

  function correct(row: number, column: string, text: string | null) {
    if (!upload.inspection) return;
    const { table, profile } = upload.inspection;
    inspect({ table, profile, corrections: withCorrection(upload.corrections, row, column, text) });
  }

  function send() {
    const { chosen, inspection, corrections } = upload;
    if (!chosen || !inspection) return;
    const { table, profile } = inspection;
    run({ sent: 0 }, async (signal) => {
      const onProgress = (sent: number) => {
        if (!signal.aborted) setUpload((before) => ({ ...before, sent }));
      };
      const sending = { file: chosen.file, kind: chosen.kind, table, profile, corrections, key: keyOf(table, profile, corrections), onProgress, signal };
      const receipt = await withSenderToken(token, subject, (sender) => sendFile(sender, sending));
      const outcome = await getOutcome(token, receipt.request, signal).catch(() => null);
      void queries.invalidateQueries({ queryKey: [QUARANTINE] });
      return { receipt, outcome, sent: null };
    });
  }

  function keyOf(table: string, profile: ProfileDocument, corrections: Corrections): string {
    const of = JSON.stringify([table, profile, corrections]);
    if (key.current?.of !== of) key.current = { of, text: newKey() };
    return key.current.text;
  }

  function clear() {
    current.current?.abort();
    current.current = null;
    key.current = null;
    setUpload(NOTHING);
  }

  function cancel() {
    current.current?.abort();
  }

  function dismiss() {
    setUpload((before) => ({ ...before, error: null }));
  }

  return [upload, { choose, inspect, correct, send, cancel, dismiss, clear }];
}
