/** One command of the line, one file in `commands/`. */
import type { Command } from 'commander'

export interface CliContext {
  /** Aborted by Ctrl-C: the command ends with 130. */
  readonly signal: AbortSignal
  /** One line on stderr; stdout carries results only. */
  readonly progress: (line: string) => void
  /** Results: text, or with `--json` nothing but one JSON document. */
  readonly print: (text: string) => void
}

export interface CliCommand {
  readonly name: string
  /** Declares arguments, options and help on a fresh commander command. */
  readonly declare: (command: Command) => Command
  /** Positional arguments in order, then the options. Throws AppError for what the user can mend. */
  readonly run: (input: { readonly args: readonly string[]; readonly options: Readonly<Record<string, unknown>> }, context: CliContext) => Promise<void>
}

export const defineCommand = (command: CliCommand): CliCommand => command
