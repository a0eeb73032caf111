/** Processor time of this process that a synchronous function takes, in milliseconds: other work on the machine does not count. */
export function cpuTimeOf<T>(work: () => T): { readonly result: T; readonly milliseconds: number } {
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { result, milliseconds: (user + system) / 1000 }
}
