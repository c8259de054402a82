// The one door to what reads QR codes: the browser's own reader where it has one that knows them, else the one that
// lies beside this page (ADR 25), loaded when something is to be read.  Pictures never leave the device.
const LONGEST_EDGES = [1_600, 3_200];
const QR_ONLY = { formats: ["qr_code"] };
let ready = null;

async function ownReader() {
  const Own = globalThis.BarcodeDetector;
  if (!Own) return null;
  const formats = await Own.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new Own(QR_ONLY) : null;
}

async function broughtReader({ detector, wasm }) {
  const { BarcodeDetector, prepareZXingModule } = await import(detector);
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new BarcodeDetector(QR_ONLY);
}

/** Return what reads QR codes; `places` are the addresses of the module and its wasm. */
export function reader(places) {
  ready ??= ownReader().then((own) => own ?? broughtReader(places));
  ready.catch(() => (ready = null)); // the network was away: the next try may find it
  return ready;
}

/** Return the texts of the QR codes in a picture, a canvas or a video's frame. */
export async function textsIn(source, places) {
  const found = await (await reader(places)).detect(source);
  return found.map(({ rawValue }) => rawValue).filter(Boolean);
}

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height].map((edge) => Math.max(1, Math.round(edge * scale)));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Return the texts of the QR codes in a picture's file, small before large; null where it is no picture. */
export async function textsOfPicture(file, places) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  for (const longest of LONGEST_EDGES) {
    const texts = await textsIn(drawn(bitmap, longest), places);
    if (texts.length || Math.max(bitmap.width, bitmap.height) <= longest) return texts;
  }
  return [];
}
