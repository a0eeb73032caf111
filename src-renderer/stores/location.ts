/** An address within the page: `#/explore?layer=conv1&unit=3`. */
export interface Location {
  readonly workspace: string
  readonly query: Readonly<Record<string, string>>
}

export function parseLocation(fragment: string): Location {
  const [, path = '', search = ''] = /^#?\/?([^?]*)\??(.*)$/.exec(fragment) ?? []
  try {
    return { workspace: decodeURIComponent(path), query: Object.fromEntries(new URLSearchParams(search)) }
  } catch {
    return { workspace: '', query: {} }
  }
}

export function formatLocation({ workspace, query }: Location): string {
  const search = new URLSearchParams(query).toString()
  return `#/${encodeURIComponent(workspace)}${search === '' ? '' : `?${search}`}`
}
