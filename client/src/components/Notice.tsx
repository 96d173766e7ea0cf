/** Notices in place of content: nothing to show, or an error and what to do about it. */
import { CircleAlert, Lock, type LucideIcon, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RequestError } from '../api/errors';
import { t } from '../i18n/i18n';

export function EmptyNotice({ Icon, children }: { readonly Icon: LucideIcon; readonly children: ReactNode }) {
  return (
    <div className="flex grow flex-col items-center justify-center gap-3 px-4 py-10 text-center text-sm text-muted">
      <Icon className="size-6" aria-hidden />
      <p className="max-w-sm text-pretty">{children}</p>
    </div>
  );
}

/** The same in its own card, for use outside a panel. */
export function EmptyCard(props: { readonly Icon: LucideIcon; readonly children: ReactNode }) {
  return (
    <div className="flex min-h-60 rounded-xl border border-line bg-surface">
      <EmptyNotice {...props} />
    </div>
  );
}

interface ErrorNoticeProps {
  readonly error: RequestError;
  readonly onRetry: () => void;
}

export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  // Retrying would not help: the token does not reach this.
  if (error.code === 'FORBIDDEN') return <EmptyNotice Icon={Lock}>{error.message}</EmptyNotice>;
  return <AlertNotice message={error.message} code={error.code} action={t('Retry')} onAction={onRetry} />;
}

interface AlertNoticeProps {
  readonly message: string;
  readonly code?: string;
  /** What to do about it, on a button. */
  readonly action: string;
  readonly ActionIcon?: LucideIcon;
  readonly onAction: () => void;
}

export function AlertNotice({ message, code, action, ActionIcon = RotateCw, onAction }: AlertNoticeProps) {
  return (
    <div role="alert" className="m-auto flex w-full max-w-lg flex-col items-start gap-3 rounded-lg bg-bad-soft p-4 text-sm">
      <p className="flex gap-2">
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
        <span className="min-w-0 wrap-anywhere">{message}</span>
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <button type="button" className="control" onClick={onAction}>
          <ActionIcon className="size-4" aria-hidden />
          {action}
        </button>
        {code && <code className="font-mono text-xs text-muted">{code}</code>}
      </div>
    </div>
  );
}
