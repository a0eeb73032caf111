/** The binding to onnxruntime-node 1.30: options that every session has, and tensors in and out. */
import * as onnxruntime from 'onnxruntime-node'
import type { DeviceId } from '#contract/application.ts'
import { AppError } from '#contract/errors.ts'
import type { HostTensor } from './host-tensor.ts'
import type { ModelSource } from './session.ts'

export type OrtSession = onnxruntime.InferenceSession
export type OrtTensor = onnxruntime.Tensor

// Every failure comes as an exception; onnxruntime would print it on stderr a second time.
const fatalOnly = 4
onnxruntime.env.logLevel = 'fatal'

/**
 * How long onnxruntime's threads wait awake for more work. Its own 43 ms starve whatever comes after a run; none at all (force_spinning_stop)
 * has the system wake and place them anew for every run, which after a rest made SqueezeNet's forward pass take 4.6 or 8.2 ms instead of 3.1.
 */
const spinMicroseconds = 2000

export interface OrtOptions {
  readonly device: DeviceId
  /** 0: as onnxruntime chooses. */
  readonly threads: number
  /** Outputs that stay in the device's memory (WebGPU). */
  readonly keepOnDevice?: readonly string[]
}

/** Opens a session in this thread, which it blocks. */
export async function openOrtSession(source: ModelSource, { device, threads, keepOnDevice }: OrtOptions, outputs: readonly string[] = []): Promise<OrtSession> {
  const options: onnxruntime.InferenceSession.SessionOptions = {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    logSeverityLevel: fatalOnly,
    // 1505 to 878 MB for a style step of 512 px, at no cost in time (measured).
    enableMemPattern: false,
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
    ...(keepOnDevice ? { preferredOutputLocation: Object.fromEntries(outputs.map((name) => [name, keepOnDevice.includes(name) ? 'gpu-buffer' : 'cpu'])) } : {}),
    extra: {
      session: {
        intra_op: { spin_duration_us: String(spinMicroseconds) },
        ...(source.kind === 'bytes' && source.weightsFolder !== undefined ? { model_external_initializers_file_folder_path: source.weightsFolder } : {}),
        ...(source.kind === 'bytes' && source.prepack === false ? { disable_prepacking: '1' } : {}),
      },
    },
  }
  return source.kind === 'path' ? onnxruntime.InferenceSession.create(source.path, options) : onnxruntime.InferenceSession.create(source.bytes, options)
}

export const supportedBackends = (): readonly string[] => onnxruntime.listSupportedBackends().map((backend) => backend.name)

export const runtimeVersion: string = onnxruntime.env.versions.node ?? onnxruntime.env.versions.common

export function ortTensorOf(tensor: HostTensor): OrtTensor {
  return new onnxruntime.Tensor(tensor.dataType as onnxruntime.Tensor.Type, tensor.data as onnxruntime.Tensor.DataType, tensor.dims)
}

/** Makes zeros of the same type and shape, also when the tensor's memory has gone elsewhere meanwhile; undefined for text. */
export function zerosLike({ data, type, dims }: OrtTensor): (() => OrtTensor) | undefined {
  if (Array.isArray(data)) return undefined
  const [Numbers, length] = [data.constructor as new (length: number) => onnxruntime.Tensor.DataType, data.length]
  return () => new onnxruntime.Tensor(type, new Numbers(length), dims)
}

/** A tensor on the host. float16 comes as Float16Array where the JavaScript engine has one; it is viewed as bits. */
export function hostTensorOfOrt(tensor: OrtTensor, name: string): HostTensor {
  const { data } = tensor
  if (Array.isArray(data)) throw new AppError('model-unsupported', `The output '${name}' holds text; only outputs of numbers can be read.`)
  const bits = tensor.type === 'float16' && !(data instanceof Uint16Array)
  const view = data
  return { dataType: tensor.type, dims: tensor.dims, data: bits ? new Uint16Array(view.buffer, view.byteOffset, view.length) : view }
}
