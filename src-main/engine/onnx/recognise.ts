/** What a file that is not an ONNX model is instead, from its first bytes: the difference between a riddle and a remedy. */

interface Signature {
  readonly kind: string
  readonly advice?: string
  readonly matches: (head: Uint8Array) => boolean
}

const exportAdvice = 'export the model to ONNX first (torch.onnx.export, tf2onnx, keras2onnx, ...)'
const ascii = (head: Uint8Array, from: number, text: string): boolean => Array.from(text).every((character, index) => head[from + index] === character.charCodeAt(0))
const starts = (...bytes: readonly number[]) => (head: Uint8Array): boolean => bytes.every((byte, index) => head[index] === byte)
const says = (text: string, from = 0) => (head: Uint8Array): boolean => ascii(head, from, text)

/** Binary formats by their magic numbers. None of them can begin an ONNX file: each would be an invalid first protobuf tag, or is told apart by more bytes. */
const signatures: readonly Signature[] = [
  { kind: 'a PNG picture', matches: starts(0x89, 0x50, 0x4e, 0x47) },
  { kind: 'a JPEG picture', matches: starts(0xff, 0xd8, 0xff) },
  { kind: 'a GIF picture', matches: says('GIF8') },
  { kind: 'a WebP picture', matches: (head) => ascii(head, 0, 'RIFF') && ascii(head, 8, 'WEBP') },
  { kind: 'a BMP picture', matches: (head) => ascii(head, 0, 'BM') && head[6] === 0 && head[7] === 0 && head[8] === 0 && head[9] === 0 },
  { kind: 'a TIFF picture', matches: (head) => starts(0x49, 0x49, 0x2a, 0)(head) || starts(0x4d, 0x4d, 0, 0x2a)(head) },
  { kind: 'a PDF document', matches: says('%PDF') },
  { kind: 'a Keras model or another HDF5 file', advice: exportAdvice, matches: starts(0x89, 0x48, 0x44, 0x46) },
  { kind: 'a TensorFlow Lite model', advice: exportAdvice, matches: says('TFL3', 4) },
  { kind: 'an onnxruntime .ort model', advice: 'open the .onnx file that it was made from', matches: says('ORTM', 4) },
  { kind: 'a PyTorch checkpoint (.pt, .pth)', advice: exportAdvice, matches: (head) => ascii(head, 0, 'PK\u0003\u0004') && /\/(data\.pkl|version|byteorder|constants\.pkl)/.test(latin1(head)) },
  { kind: 'a Keras model (.keras)', advice: exportAdvice, matches: (head) => ascii(head, 0, 'PK\u0003\u0004') && /metadata\.json|config\.json/.test(latin1(head)) },
  { kind: 'a zip archive', advice: 'unpack it first', matches: says('PK\u0003\u0004') },
  { kind: 'a gzip archive', advice: 'unpack it first', matches: starts(0x1f, 0x8b) },
  { kind: 'an xz archive', advice: 'unpack it first', matches: starts(0xfd, 0x37, 0x7a, 0x58, 0x5a) },
  { kind: 'a Zstandard archive', advice: 'unpack it first', matches: starts(0x28, 0xb5, 0x2f, 0xfd) },
  { kind: 'a 7-Zip archive', advice: 'unpack it first', matches: starts(0x37, 0x7a, 0xbc, 0xaf) },
  { kind: 'a tar archive', advice: 'unpack it first', matches: says('ustar', 257) },
  { kind: 'a Python pickle or an old PyTorch checkpoint', advice: exportAdvice, matches: (head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5 },
  { kind: 'a NumPy array (.npy)', matches: starts(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59) },
  { kind: 'a GGUF model', advice: exportAdvice, matches: says('GGUF') },
  { kind: 'a safetensors file', advice: `it holds weights but no graph; ${exportAdvice}`, matches: (head) => head[8] === 0x7b && starts(0, 0)(head.subarray(6)) && /"dtype"|"__metadata__"/.test(latin1(head)) },
  { kind: 'a Windows executable', matches: (head) => ascii(head, 0, 'MZ') && head[2] !== undefined && latin1(head).includes('PE\0\0') },
  { kind: 'a Linux executable', matches: starts(0x7f, 0x45, 0x4c, 0x46) },
]

/** Text formats by how they begin. */
const texts: readonly { readonly kind: string; readonly advice?: string; readonly pattern: RegExp }[] = [
  { kind: 'a Git LFS pointer', advice: 'the model itself was not downloaded; run "git lfs pull"', pattern: /^version https:\/\/git-lfs/ },
  { kind: 'an HTML page', advice: 'the download brought a web page; fetch the raw file', pattern: /^\s*(<!doctype html|<html)/i },
  { kind: 'an SVG picture', pattern: /^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg/is },
  { kind: 'an XML document', advice: 'an OpenVINO .xml model cannot be opened; open the ONNX file that it was made from', pattern: /^\s*<\?xml/ },
  { kind: 'an ONNX model in text form', advice: 'convert it to the binary form (onnx.parser.parse_model or google.protobuf.text_format.Parse, then onnx.save)', pattern: /^\s*(#.*\n\s*)*(ir_version\s*:|opset_import\s*[:{]|graph\s*\{|producer_name\s*:|<\s*ir_version)/ },
  { kind: 'a Caffe model definition', advice: exportAdvice, pattern: /^\s*(#.*\n\s*)*(name\s*:\s*"|layers?\s*\{|input\s*:\s*")/ },
  { kind: 'a Darknet model definition', advice: exportAdvice, pattern: /^\s*(#.*\n\s*)*\[(net|network)\]/ },
  { kind: 'a JSON document', advice: 'a TensorFlow.js or Keras model must be exported to ONNX first', pattern: /^\s*[{[]\s*["{[\]}\d]/ },
]

/** "This is a PNG picture, not an ONNX model." with what to do where there is something; undefined for what may be a model. */
export function describeForeignFile(head: Uint8Array): string | undefined {
  if (head.byteLength === 0) return 'It is empty (0 bytes): the download or the export did not finish.'
  if (head.every((byte) => byte === 0)) return 'It holds nothing but zero bytes: the download or the disk lost its content.'
  const found = signatures.find((signature) => signature.matches(head)) ?? textKind(head)
  if (!found) return undefined
  return `This is ${found.kind}, not an ONNX model${found.advice ? `: ${found.advice}.` : '.'}`
}

function textKind(head: Uint8Array): { readonly kind: string; readonly advice?: string } | undefined {
  const text = latin1(head)
  const known = texts.find(({ pattern }) => pattern.test(text))
  if (known) return known
  // A model's first byte is the tag of ir_version (8) or of another field; plain text has no control characters but white space.
  return head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13) ? { kind: 'a text file' } : undefined
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
