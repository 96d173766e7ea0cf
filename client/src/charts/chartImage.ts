/** A chart as a file, as it is drawn in the present theme. */
import { t } from '../i18n/i18n';
import { saveBlob } from '../menus/download';

const SCALE = 2;
const DRAWN = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'stop-color', 'stop-opacity'];

export function saveSvg(chart: SVGSVGElement, name: string): void {
  saveBlob(asSvg(chart), `${name}.svg`);
}

export async function savePng(chart: SVGSVGElement, name: string): Promise<void> {
  const address = URL.createObjectURL(asSvg(chart));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    saveBlob(await painted(image), `${name}.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** A copy that needs no style sheet: what the page's styles gave is written into each element. */
function asSvg(chart: SVGSVGElement): Blob {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [chart, ...chart.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll<SVGElement>('*')].forEach((element, index) => {
    const original = originals[index];
    if (!original) return;
    const style = getComputedStyle(original);
    for (const property of DRAWN) element.style.setProperty(property, style.getPropertyValue(property));
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.style.background = getComputedStyle(document.documentElement).getPropertyValue('background-color');
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' });
}

async function painted(image: HTMLImageElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = image.width * SCALE;
  canvas.height = image.height * SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error(t('The browser could not draw the picture.')));
    });
  });
}
