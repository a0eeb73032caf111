/** StringStringEntryProto lists (metadata_props, external_data) and OperatorSetIdProto lists as maps. */
import { OperatorSetIdProto, StringStringEntryProto } from './fields.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'

export function decodeEntryInto(map: Map<string, string>, bytes: Uint8Array): void {
  const message = new MessageReader(bytes, 'StringStringEntryProto')
  let key = ''
  let value = ''
  while (message.next()) {
    if (message.field === StringStringEntryProto.key) key = message.text()
    else if (message.field === StringStringEntryProto.value) value = message.text()
    else message.skip()
  }
  map.set(key, value)
}

export function encodeEntries(writer: MessageWriter, field: number, entries: ReadonlyMap<string, string> | undefined): void {
  for (const [key, value] of entries ?? []) {
    const entry = new MessageWriter()
    entry.entry(StringStringEntryProto.key, key)
    entry.entry(StringStringEntryProto.value, value)
    writer.message(field, entry)
  }
}

export function decodeOpsetInto(map: Map<string, number>, bytes: Uint8Array): void {
  const message = new MessageReader(bytes, 'OperatorSetIdProto')
  let domain = ''
  let version = 0
  while (message.next()) {
    if (message.field === OperatorSetIdProto.domain) domain = message.text()
    else if (message.field === OperatorSetIdProto.version) version = message.integer()
    else message.skip()
  }
  map.set(domain, version)
}

export function encodeOpsets(writer: MessageWriter, field: number, opsets: ReadonlyMap<string, number>): void {
  for (const [domain, version] of opsets) {
    const opset = new MessageWriter()
    opset.text(OperatorSetIdProto.domain, domain)
    opset.integer(OperatorSetIdProto.version, version)
    writer.message(field, opset)
  }
}
