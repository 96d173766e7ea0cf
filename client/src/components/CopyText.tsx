/** A text to copy: shown whole, selected by a press, with a button that copies it. */
import { Check, Copy } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { t } from '../i18n/i18n';

interface CopyTextProps {
  readonly label: string;
  readonly text: string;
  readonly testId?: string;
  readonly children?: ReactNode;
}

export function CopyText({ label, text, testId, children }: CopyTextProps) {
  const id = useId();
  const [isCopied, setIsCopied] = useState(false);
  return (
    <div className="flex flex-col gap-1.5 rounded-lg bg-raised p-3 text-xs" role="status">
      <label htmlFor={id} className="font-medium">{label}</label>
      <textarea
        id={id}
        data-testid={testId}
        readOnly
        rows={3}
        value={text}
        className="w-full resize-none rounded-md border border-line bg-surface p-2 font-mono text-xs break-all"
        onFocus={(event) => { event.target.select(); }}
      />
      <div className="flex flex-wrap items-center gap-3">
        <button type="button" className="control" onClick={() => void navigator.clipboard.writeText(text).then(() => { setIsCopied(true); })}>
          {isCopied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}
          {isCopied ? t('Copied') : t('Copy')}
        </button>
        {children}
      </div>
    </div>
  );
}
