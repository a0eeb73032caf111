/**
 * `phosphene <command>`: everything the workspaces do, headless. Exit code 0 done, 1 expected error (one line on stderr),
 * 2 wrong usage, 130 cancelled.
 */
import { Command, CommanderError } from 'commander'
import { AppError, isAppError } from '#contract/errors.ts'
import { isUnwritable, unwritable } from '#engine/lib/write-file.ts'
import { name, version } from '../../package.json'
import type { CliCommand, CliContext } from './define-command.ts'

const commands = Object.entries(import.meta.glob<CliCommand>('./commands/*.ts', { import: 'default' }))
  .map(([path, load]) => ({ name: path.replace(/^.*\/|\.ts$/g, ''), load }))

const controller = new AbortController()
const context: CliContext = {
  signal: controller.signal,
  progress: (line) => process.stderr.write(`${line}\n`),
  print: (text) => process.stdout.write(`${text}\n`),
}

process.once('SIGINT', () => {
  controller.abort(new AppError('cancelled', 'Cancelled.'))
  // A run inside the native runtime cannot be interrupted: a command that does not end by itself is ended.
  setTimeout(() => process.exit(130), 1500).unref()
})
// A closed pipe (`phosphene ... | head`) ends the command quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await main(process.argv.slice(2))
// Native worker threads may linger; results are written, so leave.
await new Promise((resolve) => process.stdout.write('', resolve))
process.exit()

async function main(argv: readonly string[]): Promise<number> {
  try {
    const program = new Command(name).description('See what a network sees: gradients, explanations and 3D views of any ONNX model.')
      .version(version).exitOverride().configureHelp({ showGlobalOptions: true }).showHelpAfterError('(run with --help for the options)')
    // Only the named command is loaded; help needs them all.
    const wanted = commands.filter((command) => command.name === argv[0])
    for (const { load } of wanted.length > 0 ? wanted : commands) addCommand(program, await load())
    await program.parseAsync(argv, { from: 'user' })
    return controller.signal.aborted ? 130 : 0
  } catch (error) {
    return report(error)
  }
}

function addCommand(program: Command, command: CliCommand): void {
  const declared = command.declare(program.command(command.name)).exitOverride()
  declared.action(async () => {
    await command.run({ args: declared.args, options: declared.opts() }, context)
  })
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (controller.signal.aborted || (isAppError(error) && error.code === 'cancelled')) return 130
  if (isAppError(error) && error.code !== 'bug') {
    process.stderr.write(`phosphene: ${oneLine(error.message)}\n`)
    return error.code === 'usage' ? 2 : 1
  }
  if (isUnwritable(error)) {
    process.stderr.write(`phosphene: ${unwritable(error.path, error).message}\n`)
    return 1
  }
  process.stderr.write(`phosphene: ${oneLine(error instanceof Error ? error.message : String(error))} (this is a bug, please report it)\n`)
  if (process.env['PHOSPHENE_DEBUG']) console.error(error)
  return 1
}

// A function, not a constant: the file's top level awaits before it would be set.
function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim()
}
