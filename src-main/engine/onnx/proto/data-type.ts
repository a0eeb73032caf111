/** TensorProto.DataType numbers and the project's names for them. */
import { AppError } from '#contract/errors.ts'
import { dataTypes } from '../model.ts'
import type { DataType } from '../model.ts'

export function dataTypeOf(code: number): DataType {
  const dataType = dataTypes[code]
  if (dataType === undefined)
    throw new AppError('model-unsupported', `Element type ${code} is not one that ONNX defines up to IR version 13: the file is damaged or newer than this program.`)
  return dataType
}

export const codeOf = (dataType: DataType): number => dataTypes.indexOf(dataType)
