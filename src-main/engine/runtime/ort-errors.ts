/** onnxruntime's messages as errors that say what to do. Its codes do not reach JavaScript, its words do. */
import { AppError, isAppError, type ErrorCode } from '#contract/errors.ts'

interface Known {
  readonly pattern: RegExp
  readonly code: ErrorCode
  readonly remedy: string
  /** Said in place of onnxruntime's words, where those tell a user nothing. */
  readonly says?: string
}

const memory: Known = { pattern: /bad[ _]alloc|bad allocation|failed to allocate|out of memory|outofmemory|not enough memory|cannot allocate|array buffer allocation failed/i, code: 'out-of-memory', remedy: 'There is not enough memory for this. Close other models, use a smaller picture or batch, or choose another device.' }

const whenOpening: readonly Known[] = [
  memory,
  { pattern: /external data (path|file)|external initializer|model_path must not be empty/i, code: 'external-data-missing', remedy: 'Put the data files that belong to the model beside it.' },
  { pattern: /is not a registered function\/op|no schema registered|Fatal error: .* is not a registered/i, code: 'model-unsupported', remedy: 'The model uses an operator that onnxruntime does not know. Export it with standard operators.' },
  { pattern: /NOT_IMPLEMENTED|could not find an implementation/i, code: 'model-unsupported', remedy: 'onnxruntime has no implementation of this operator for these element types or attributes.' },
  { pattern: /unsupported model ir version|opset .*(under development|is not supported)|is under development/i, code: 'model-unsupported', remedy: 'The model is newer than this version of onnxruntime. Export it with an older operator set.' },
  { pattern: /protobuf parsing failed|failed to load model because protobuf|no graph was found/i, code: 'model-unreadable', remedy: 'The file is not an ONNX model, or it is damaged.' },
  { pattern: /file doesn't exist|no such file|NO_SUCHFILE|could not open/i, code: 'file-missing', remedy: 'Check the path.' },
  { pattern: /failed to get a webgpu adapter|no supported adapters|requestadapter/i, code: 'device-unavailable', says: 'No graphics card that WebGPU can use was found.', remedy: process.platform === 'linux' ? "Install the graphics card's driver with Vulkan 1.1 or newer (vulkaninfo shows it), or go on with the CPU." : "Update the graphics card's driver, or go on with the CPU." },
  { pattern: /webgpu_context|requestdevice/i, code: 'device-unavailable', says: 'The graphics card was found, but WebGPU could not start on it.', remedy: "Update the graphics card's driver, or go on with the CPU." },
  { pattern: /ExecutionProvider_Cuda|cuda_provider|providers_(cuda|shared)|cudnn|libcu/i, code: 'device-unavailable', says: 'onnxruntime could not load CUDA.', remedy: 'It needs an NVIDIA driver, the CUDA 12 and cuDNN 9 libraries on the library path, and its own CUDA files (npm install --onnxruntime-node-install=cuda12). The CPU works without.' },
  { pattern: /dml_provider|coreml|execution provider|backend not found/i, code: 'device-unavailable', remedy: 'The device cannot be used; choose the CPU.' },
]

const whenRunning: readonly Known[] = [
  memory,
  { pattern: /got invalid dimensions|invalid rank for input|invalid dimensions for input/i, code: 'shape-mismatch', remedy: "Give the input the model's shape." },
  { pattern: /unexpected input data type/i, code: 'shape-mismatch', remedy: "Give the input the model's element type." },
  { pattern: /missing input|input .* is missing/i, code: 'input-required', remedy: 'Give every input of the model.' },
]

/** onnxruntime prefixes source paths and codes that tell a user nothing. */
const readable = (message: string): string =>
  message.replace(/^\/?\S*onnxruntime\S*:\d+ .*?(?=\[ONNXRuntimeError\]|[A-Z][a-z])/s, '').replace(/\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /g, '').replaceAll('\0', '').trim()

export function ortError(error: unknown, phase: 'open' | 'run'): AppError {
  if (isAppError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  const known = (phase === 'open' ? whenOpening : whenRunning).find(({ pattern }) => pattern.test(message))
  if (known) return new AppError(known.code, `${known.says ?? readable(message)} ${known.remedy}`.trim(), { cause: error })
  return phase === 'open'
    ? new AppError('model-invalid', `onnxruntime does not accept the model: ${readable(message)}`, { cause: error })
    : new AppError('run-failed', `The model failed while it ran: ${readable(message)}`, { cause: error })
}
