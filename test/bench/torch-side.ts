/** The PyTorch process of the race. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { python } from '../support/torchvision-export.ts'

export class TorchSide {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string, undefined>

  private constructor(child: ChildProcess, lines: Interface) {
    this.#child = child
    this.#lines = lines[Symbol.asyncIterator]()
  }

  /** Resolves once the network is built. */
  static start(script: string, name: string, size: number, threads: number): Promise<TorchSide> {
    return TorchSide.launch([script, name, '--size', String(size), '--threads', String(threads)])
  }

  /** A script that says a line when it is ready, and then answers each line with one. */
  static async launch(args: readonly string[]): Promise<TorchSide> {
    const child = spawn(python, [...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    const side = new TorchSide(child, createInterface({ input: child.stdout }))
    await side.#read()
    return side
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Milliseconds that one round of the task took. */
  async time(task: string): Promise<number> {
    return (JSON.parse(await this.ask(task)) as { ms: number }).ms
  }

  async peakMb(): Promise<number> {
    return (JSON.parse(await this.ask('memory')) as { peakMb: number }).peakMb
  }

  stop(): void {
    this.#child.stdin?.end()
  }

  /** The answer, one line. */
  ask(task: string): Promise<string> {
    this.#child.stdin?.write(`${task}\n`)
    return this.#read()
  }

  async #read(): Promise<string> {
    const line = await this.#lines.next()
    if (line.done) throw new Error('the PyTorch process ended')
    return line.value
  }
}
