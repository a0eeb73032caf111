/** Key combinations: 'Mod+K' is Ctrl+K, or ⌘K on a Mac. */

const mac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform)

/** As printed on the keyboard in front of the person. */
export function displayKeys(keys: string): string {
  return keys.split('+').map((key) => (key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : key === 'Escape' ? 'Esc' : key)).join(mac ? '' : ' ')
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

export function matchesKeys(event: KeyPress, keys: string, onMac = mac): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const wants = (modifier: string): boolean => parts.slice(0, -1).includes(modifier)
  const mod = onMac ? event.metaKey : event.ctrlKey
  const other = onMac ? event.ctrlKey : event.metaKey
  // Shift is part of a symbol such as '?' and only asked about for letters and named keys.
  const shiftMatters = key.length > 1 || /[a-z]/i.test(key)
  return event.key.toLowerCase() === key.toLowerCase() && mod === wants('Mod') && !other && event.altKey === wants('Alt') && (!shiftMatters || event.shiftKey === wants('Shift'))
}

/** Whether a key pressed there is text, or moves within a control. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select'))
}
