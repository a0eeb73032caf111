/** 'LeNet', then 'LeNet 2', 'LeNet 3': runs are told apart by name. */
export function uniqueName(name: string, taken: readonly string[]): string {
  const base = name.trim() || 'Run'
  if (!taken.includes(base)) return base
  const stem = base.replace(/ \d+$/, '')
  for (let number = 2; ; number++) if (!taken.includes(`${stem} ${number}`)) return `${stem} ${number}`
}
