import { spawn } from 'node:child_process'

/** Opens an address in the user's browser; false where there is no display to show one on. */
export function openInBrowser(url: string): boolean {
  const { platform, env } = process
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return false
  const [command, args] = platform === 'darwin' ? ['open', [url]] as const : platform === 'win32' ? ['cmd', ['/c', 'start', '', url.replaceAll('&', '^&')]] as const : ['xdg-open', [url]] as const
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
  return true
}
