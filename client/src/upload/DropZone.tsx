/** Where a file is dropped or picked. */
import { FileUp } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { t } from '../i18n/i18n';
import { ACCEPTED } from './fileKind';

interface DropZoneProps {
  readonly isBusy: boolean;
  readonly onFile: (file: File) => void;
}

export function DropZone({ isBusy, onFile }: DropZoneProps) {
  const [isOver, setIsOver] = useState(false);

  function over(event: DragEvent) {
    event.preventDefault();
    setIsOver(true);
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  }

  return (
    <div
      data-testid="drop-zone"
      aria-busy={isBusy}
      onDragOver={over}
      onDragLeave={() => { setIsOver(false); }}
      onDrop={drop}
      className={`flex flex-wrap items-center justify-center gap-x-4 gap-y-2 rounded-lg border border-dashed px-4 py-6 text-sm text-muted ${isOver ? 'border-accent bg-accent-soft' : 'border-line-strong'}`}
    >
      {isBusy ? (
        <p role="status">{t('Reading the beginning of the file')}</p>
      ) : (
        <>
          <p>{t('Drop a file here, or')}</p>
          <label className="control cursor-pointer has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-accent">
            <FileUp className="size-4" aria-hidden />
            {t('Choose a file')}
            <input
              type="file"
              accept={ACCEPTED}
              className="sr-only"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                // Choosing the same file again is a change, too.
                event.target.value = '';
                if (file) onFile(file);
              }}
            />
          </label>
        </>
      )}
    </div>
  );
}
