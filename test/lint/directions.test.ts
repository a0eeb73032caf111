import { Linter } from 'eslint'
import { parser } from 'typescript-eslint'
import { describe, expect, it } from 'vitest'
import { directions } from '../../eslint.config.js'

const linter = new Linter()
const config = [{ files: ['**/*.ts'], languageOptions: { parser } }, ...directions] as Linter.Config[]

/** Lints a text as if it were that file, and keeps what the direction rules say. */
function directionErrors(filename: string, code: string): string[] {
  return linter.verify(code, config, { filename }).map((message) => `${message.ruleId ?? 'parse'}: ${message.message}`)
}

describe('directions of import are lint errors', () => {
  it.each([
    ['the engine may not import Electron', 'src-main/engine/lib/random.ts', "import { app } from 'electron'\nexport { app }\n"],
    ['the engine may not import Vue', 'src-main/engine/lib/random.ts', "import { ref } from 'vue'\nexport { ref }\n"],
    ['a gradient rule may not import the runtime', 'src-main/engine/autodiff/rules/Add.ts', "import { x } from '../../runtime/session.ts'\nexport { x }\n"],
    ['only the runtime may import onnxruntime', 'src-main/engine/autodiff/emit.ts', "import { x } from 'onnxruntime-node'\nexport { x }\n"],
    ['only images may import sharp', 'src-main/engine/lib/random.ts', "import sharp from 'sharp'\nexport { sharp }\n"],
    ['the contract imports nothing of ours', 'src-main/contract/index.ts', "import { x } from '#engine/lib/random.ts'\nexport { x }\n"],
    ['rpc knows no domain', 'src-main/rpc/port.ts', "import { x } from '#engine/lib/random.ts'\nexport { x }\n"],
    ['nothing imports the desktop shell', 'src-main/serve/index.ts', "import { x } from '../app/window.ts'\nexport { x }\n"],
    ['onnx is below autodiff', 'src-main/engine/onnx/attributes.ts', "import { x } from '../autodiff/emit.ts'\nexport { x }\n"],
    ['the engine does not call its handlers', 'src-main/engine/attribution/define-method.ts', "import { x } from '../handlers/context.ts'\nexport { x }\n"],
    ['the renderer may not import the engine', 'src-renderer/main.ts', "import { x } from '#engine/lib/random.ts'\nexport { x }\n"],
    ['the stage may not import Vue', 'src-renderer/three/stage.ts', "import { ref } from 'vue'\nexport { ref }\n"],
  ])('%s', (_rule, file, code) => {
    expect(directionErrors(file, code)).toEqual([expect.stringMatching(/^no-restricted-imports/)])
  })

  it('lets a file import what lies below it', () => {
    expect(directionErrors('src-main/engine/attribution/define-method.ts', "import { x } from '../lib/random.ts'\nexport { x }\n")).toEqual([])
  })
})
