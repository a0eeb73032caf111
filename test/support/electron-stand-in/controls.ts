/** What the test tells the stand-in (as a person or the system would), and what the stand-in tells the test. */

export type Note =
  | { readonly type: 'chromium'; readonly endpoint: string }
  | { readonly type: 'window'; readonly webPreferences: Readonly<Record<string, unknown>> }
  | { readonly type: 'utility-process'; readonly pid: number; readonly service: string }
  | { readonly type: 'port-handed'; readonly pid: number }
  | { readonly type: 'port-asked'; readonly from: Asker }
  | { readonly type: 'navigation-denied'; readonly url: string }
  | { readonly type: 'window-denied'; readonly url: string }
  | { readonly type: 'message-box'; readonly message: string; readonly answer: number }
  | { readonly type: 'error-box'; readonly title: string; readonly content: string }

/** Who sends 'engine-port': the window's page, another window's page, a frame within the page, the window's page after it went elsewhere. */
export type Asker = 'page' | 'another-window' | 'inner-frame' | 'foreign-page'

export type Control =
  | { readonly type: 'open-file'; readonly path: string }
  | { readonly type: 'second-instance'; readonly argv: readonly string[]; readonly workingFolder: string }
  | { readonly type: 'choose-menu'; readonly label: string; readonly filePaths: readonly string[] }
  | { readonly type: 'ask-for-port'; readonly from: Asker }
  | { readonly type: 'close-window'; readonly answer: number }

export function note(what: Note): void { if (process.connected) process.send?.(what) }

/** What a person will answer to the next dialogs. */
export const person = { messageBoxAnswer: 0, chosenFiles: [] as readonly string[] }
