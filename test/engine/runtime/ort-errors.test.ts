import { describe, expect, it } from 'vitest'
import { ortError } from '#engine/runtime/ort-errors.ts'

/** As onnxruntime-node 1.30 words them on a machine that has neither. */
const noAdapter = '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n'
const noCuda = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library'

describe("onnxruntime's errors", () => {
  it.each([[noAdapter, /^No graphics card that WebGPU can use was found\. .*CPU\.$/], [noCuda, /^onnxruntime could not load CUDA\. .*cuDNN/]])('say of a device that is not here what is missing and what to do', (message, says) => {
    const error = ortError(new Error(message), 'open')
    expect(error.code).toBe('device-unavailable')
    expect(error.message).toMatch(says)
    expect(error.message).not.toMatch(/onnxruntime_src|::|\.cc|was false/)
    expect((error.cause as Error).message).toBe(message)
  })

  it('keep what they say of the model', () => {
    const error = ortError(new Error('[ONNXRuntimeError] : 1 : FAIL : Fatal error: my.domain:Fancy(-1) is not a registered function/op'), 'open')
    expect(error).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('my.domain:Fancy') })
  })
})
