import type { Command } from 'commander'

/** Options that every command with a model takes. */
export function withModelOptions(command: Command): Command {
  return command
    .option('--device <device>', 'auto, cpu, webgpu, cuda, dml or coreml', 'auto')
    .option('--threads <number>', 'threads of the engine (0: one per core)', '0')
    .option('--preprocess <recipe>', 'FILE.json, imagenet, zero-one, raw255, tf, caffe, … (default: found in the file, or guessed)')
    .option('--json', 'print one JSON document on stdout')
}

/** What is fed to the model. */
export function withInputOption(command: Command): Command {
  return command
    .requiredOption('--input <file>', 'X.npy or a picture; NAME=FILE (repeatable) for several inputs', (file: string, files: string[] | undefined) => [...(files ?? []), file])
}
