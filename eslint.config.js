import js from '@eslint/js'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import vue from 'eslint-plugin-vue'
import vueParser from 'vue-eslint-parser'

/**
 * Directions of import, one row a folder: who may not import what. In flat configuration a later block replaces an
 * earlier one's `no-restricted-imports`, so every row is written out whole by `forbid`.
 */
// A group is written like .gitignore, where '#' begins a comment: aliases are matched by regular expressions.
const everywhere = [{ group: ['**/app/**', '!./**'], message: 'Nothing imports the desktop shell.' }]
const noShells = { regex: '^(electron|vue|pinia)$|^#renderer/|/src-renderer/', message: 'The engine is plain Node: no Electron, no Vue.' }
const noRuntime = { group: ['onnxruntime-node', 'onnxruntime-common'], message: 'Only engine/runtime talks to onnxruntime.' }
const noSharp = { group: ['sharp'], message: 'Only engine/images talks to sharp.' }
const noFramework = { regex: '^(vue|pinia)$|/(stores|workspaces)/', message: 'Scenes are plain three.js: no Vue, no stores.' }
const noEngine = { regex: '^(#engine/|node:|electron$)|/src-main/engine/', message: 'The renderer reaches the engine through the contract only.' }

const forbid = (files, patterns, ignores = []) => ({
  files, ignores, rules: { 'no-restricted-imports': ['error', { patterns }] },
})

export const directions = [
  forbid(['src-main/**/*.ts'], [...everywhere], ['src-main/app/**']),
  forbid(['src-main/contract/**/*.ts'], [...everywhere, { regex: '^(#engine|#rpc|#renderer|\\.\\.)/|^(electron|vue)$', message: 'The contract imports nothing of ours.' }]),
  forbid(['src-main/rpc/**/*.ts'], [...everywhere, { regex: '^(#engine|#renderer|\\.\\./engine|\\.\\./serve)/|^(electron|vue)$', message: 'rpc moves messages; it knows no domain.' }]),
  forbid(['src-main/engine/**/*.ts'], [...everywhere, noShells, noRuntime, noSharp], ['src-main/engine/runtime/**', 'src-main/engine/images/**']),
  forbid(['src-main/engine/runtime/**/*.ts'], [...everywhere, noShells, noSharp]),
  forbid(['src-main/engine/images/**/*.ts'], [...everywhere, noShells, noRuntime]),
  forbid(['src-main/engine/onnx/**/*.ts'], [...everywhere, noShells, noRuntime, noSharp, { group: ['**/autodiff/**', '**/runtime/**', '**/network/**', '**/attribution/**', '**/handlers/**', '**/images/**'], message: 'onnx is below everything but lib.' }]),
  forbid(['src-main/engine/autodiff/**/*.ts'], [...everywhere, noShells, noRuntime, noSharp, { group: ['**/runtime/**', '**/network/**', '**/attribution/**', '**/handlers/**', '**/images/**'], message: 'Rules know graphs only, never what runs them.' }]),
  forbid(['src-main/engine/{attribution,training,network,preprocessing,catalogue}/**/*.ts'], [...everywhere, noShells, noRuntime, noSharp, { group: ['**/handlers/**'], message: 'Handlers call the engine, not the other way round.' }]),
  forbid(['src-renderer/**/*.{ts,vue}'], [noEngine]),
  forbid(['src-renderer/{scenes,three}/**/*.ts'], [noEngine, noFramework], ['src-renderer/three/use-stage.ts']),
  ...['home', 'explore', 'explain', 'kernels', 'features', 'dream', 'style', 'fool', 'train'].map((id) =>
    forbid([`src-renderer/workspaces/${id}/**/*.{ts,vue}`], [noEngine, { regex: `workspaces/(?!${id}(/|$))(?!registry|define)|^\\.\\./(?!registry|define)(home|explore|explain|kernels|features|dream|style|fool|train)(/|$)`, message: 'A workspace does not import its sibling.' }])),
]

export default tseslint.config(
  { ignores: ['out/', 'node_modules/', 'coverage/', '.cache/', '.gpu/', 'src-main/engine/onnx/proto/fields.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    extends: [...tseslint.configs.strict],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] }, globals: globals.browser },
    rules: { 'no-undef': 'off' },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  {
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Rules that need types: components are checked by vue-tsc instead.
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{ts,vue}'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'vue/max-attributes-per-line': 'off', 'vue/singleline-html-element-content-newline': 'off', 'vue/html-self-closing': 'off',
      'vue/multiline-html-element-content-newline': 'off', 'vue/html-indent': 'off', 'vue/html-closing-bracket-newline': 'off', 'vue/attributes-order': 'off',
      'vue/first-attribute-linebreak': 'off',
      // The types say which are optional; undefined is their default.
      'vue/require-default-prop': 'off',
    },
  },
  // Numeric loops index within bounds by construction: `!` says so, where `?? 0` would hide a mistake.
  { files: ['src-main/engine/**/*.ts', 'src-renderer/**/*.{ts,vue}'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/require-await': 'off', '@typescript-eslint/no-unsafe-assignment': 'off', 'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }] } },
  ...directions,
)
