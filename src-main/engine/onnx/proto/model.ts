/** ModelProto, the file itself. */
import { AppError } from '#contract/errors.ts'
import type { FunctionBody, Graph, Model } from '../model.ts'
import { decodeEntryInto, decodeOpsetInto, encodeEntries, encodeOpsets } from './entries.ts'
import { ModelProto } from './fields.ts'
import { decodeFunction, encodeFunction } from './function.ts'
import { decodeGraph, encodeGraph } from './graph.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'

export function decodeModel(bytes: Uint8Array): Model {
  const message = new MessageReader(bytes, 'ModelProto')
  const opsets = new Map<string, number>()
  const metadata = new Map<string, string>()
  const functions: FunctionBody[] = []
  let irVersion = 0
  let modelVersion = 0
  let producerName = ''
  let producerVersion = ''
  let domain = ''
  let doc = ''
  let graph: Graph | undefined
  while (message.next()) {
    switch (message.field) {
      case ModelProto.ir_version: irVersion = message.integer(); break
      case ModelProto.producer_name: producerName = message.text(); break
      case ModelProto.producer_version: producerVersion = message.text(); break
      case ModelProto.domain: domain = message.text(); break
      case ModelProto.model_version: modelVersion = message.integer(); break
      case ModelProto.doc_string: doc = message.text(); break
      case ModelProto.graph: graph = decodeGraph(message.bytes()); break
      case ModelProto.opset_import: decodeOpsetInto(opsets, message.bytes()); break
      case ModelProto.metadata_props: decodeEntryInto(metadata, message.bytes()); break
      case ModelProto.functions: functions.push(decodeFunction(message.bytes())); break
      default: message.keep()
    }
  }
  if (!graph) throw new AppError('model-unreadable', 'It holds no graph: the file is truncated, or not an ONNX model.')
  return {
    irVersion, opsets, producerName, producerVersion, domain, modelVersion, doc, metadata, graph, functions,
    ...(message.extra ? { extra: message.extra } : {}),
  }
}

/** The encoded model in order, weights as the arrays that the model holds. */
export function encodeModel(model: Model): readonly Uint8Array[] {
  const writer = new MessageWriter()
  writer.integer(ModelProto.ir_version, model.irVersion)
  writer.text(ModelProto.producer_name, model.producerName)
  writer.text(ModelProto.producer_version, model.producerVersion)
  writer.text(ModelProto.domain, model.domain)
  if (model.modelVersion !== 0) writer.integer(ModelProto.model_version, model.modelVersion)
  writer.text(ModelProto.doc_string, model.doc)
  writer.message(ModelProto.graph, encodeGraph(model.graph))
  encodeOpsets(writer, ModelProto.opset_import, model.opsets)
  encodeEntries(writer, ModelProto.metadata_props, model.metadata)
  for (const body of model.functions) writer.message(ModelProto.functions, encodeFunction(body))
  writer.encoded(model.extra)
  return writer.chunks()
}
