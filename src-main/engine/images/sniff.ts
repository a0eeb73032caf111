/** What a file is, by its first bytes: so that a wrong file gets named and not only refused. */

interface Signature { readonly title: string; readonly at?: number; readonly bytes?: readonly number[]; readonly text?: string }

const signatures: readonly Signature[] = [
  { title: 'a JPEG picture', bytes: [0xff, 0xd8, 0xff] },
  { title: 'a PNG picture', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { title: 'a GIF picture', text: 'GIF8' },
  { title: 'a BMP picture', text: 'BM' },
  { title: 'a WebP picture', at: 8, text: 'WEBP' },
  { title: 'a TIFF picture', bytes: [0x49, 0x49, 0x2a, 0x00] },
  { title: 'a TIFF picture', bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  { title: 'an AVIF picture', at: 4, text: 'ftypavif' },
  { title: 'a HEIC picture', at: 4, text: 'ftyphei' },
  { title: 'a HEIC picture', at: 4, text: 'ftypmif1' },
  { title: 'a video (MP4)', at: 4, text: 'ftyp' },
  { title: 'a NumPy array (.npy)', bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] },
  { title: 'a PDF document', text: '%PDF' },
  { title: 'a ZIP archive (as .npz, .pt and .keras files are)', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { title: 'a gzip archive', bytes: [0x1f, 0x8b] },
  { title: 'an HDF5 file (as Keras .h5 models are)', bytes: [0x89, 0x48, 0x44, 0x46] },
  { title: 'a TensorFlow Lite model', at: 4, text: 'TFL3' },
  { title: 'a Python pickle', bytes: [0x80, 0x02] },
  { title: 'a Photoshop document', text: '8BPS' },
  { title: 'a program', text: '\x7fELF' },
  { title: 'a program', text: 'MZ' },
  { title: 'a JPEG XL picture', bytes: [0xff, 0x0a] },
  { title: 'a JPEG 2000 picture', at: 4, text: 'jP  ' },
  { title: 'an OpenEXR picture', bytes: [0x76, 0x2f, 0x31, 0x01] },
]

/** For people, with its article: "a PNG picture", "an ONNX model", "text"; undefined where nothing is recognised. */
export function describeContent(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'empty'
  const known = signatures.find(({ at = 0, bytes: wanted, text }) => {
    const pattern = wanted ?? Array.from(text ?? '', (character) => character.charCodeAt(0))
    return pattern.every((byte, index) => bytes[at + index] === byte)
  })
  if (known) return known.title
  if (looksLikeOnnx(bytes)) return 'an ONNX model'
  return looksLikeText(bytes) ? describeText(bytes) : undefined
}

/** ModelProto in the order every exporter writes it: field 1 (ir_version), a varint of one byte, then a length-delimited field or the opset. */
function looksLikeOnnx(bytes: Uint8Array): boolean {
  const [tag, version, next] = bytes
  return tag === 0x08 && version !== undefined && version > 0 && version < 64 && (next === 0x12 || next === 0x1a || next === 0x22 || next === 0x3a || next === 0x42)
}

function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 512)
  return head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
}

function describeText(bytes: Uint8Array): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512)).trimStart().toLowerCase()
  if (head.startsWith('version https://git-lfs')) return 'a Git LFS pointer (the file itself was not fetched)'
  if (head.startsWith('<!doctype html') || head.startsWith('<html')) return 'a web page'
  if (head.startsWith('<svg') || (head.startsWith('<?xml') && head.includes('<svg'))) return 'an SVG drawing'
  return head.startsWith('{') || head.startsWith('[') ? 'JSON text' : 'text'
}
