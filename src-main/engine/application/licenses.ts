/** The licences of everything that the application is made of: collected when it is built, by resources/scripts/collect-licenses.mjs. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const License = z.object({ name: z.string(), version: z.string(), license: z.string(), text: z.string() })
export type License = z.infer<typeof License>

/** Texts are kept once each. */
const LicenseFile = z.object({ texts: z.array(z.string()), packages: z.array(License.omit({ text: true }).extend({ text: z.number().int().nonnegative() })) })

export async function readLicenses(resourcesFolder: string): Promise<License[]> {
  const file = await readFile(join(resourcesFolder, 'licenses.json'), 'utf8').catch(() => undefined)
  if (file === undefined) return []
  const { texts, packages } = LicenseFile.parse(JSON.parse(file))
  return packages.map((each) => ({ ...each, text: texts[each.text] ?? '' }))
}
