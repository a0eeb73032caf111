// Writes resources/licenses.json, the licences of everything the application ships: node resources/scripts/collect-licenses.mjs
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
/** Development dependencies whose code the build puts into the page or the shell; the others only make or test it. */
const bundled = [
  'vue', 'pinia', 'three', 'reka-ui', 'uplot', '@lucide/vue', '@vueuse/core', '@tanstack/vue-virtual', 'd3-scale-chromatic', 'mediabunny',
  '@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono', 'electron',
]
/** Named in package.json by these; other platforms' binaries carry the same licences. */
const licenseFile = /^(licen[cs]e|copying|notice)/i

/** The names of the ImageNet classes (resources/labels/imagenet-1k.txt) are WordNet's. */
const wordNet = `WordNet Release 3.0

This software and database is being provided to you, the LICENSEE, by Princeton University under the following license. By obtaining, using and/or copying this software and database, you agree that you have read, understood, and will comply with these terms and conditions.:

Permission to use, copy, modify and distribute this software and database and its documentation for any purpose and without fee or royalty is hereby granted, provided that you agree to comply with the following copyright notice and statements, including the disclaimer, and that the same appear on ALL copies of the software, database and documentation, including modifications that you make for internal use or for distribution.

WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved.

THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANTABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS.

The name of Princeton University or Princeton may not be used in advertising or publicity pertaining to distribution of the software and/or database. Title to copyright in this software, database and any associated documentation shall at all times remain with Princeton University and LICENSEE agrees to preserve same.`

const packages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Where Node finds `name` from the package at `from`. */
function locate(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (packages[path]) return path
    if (folder === '') return undefined
  }
}

const found = new Set()
const open = [...Object.keys(dependencies), ...bundled].map((name) => locate(name, ''))
while (open.length > 0) {
  const path = open.pop()
  if (path === undefined || found.has(path) || !existsSync(join(root, path, 'package.json'))) continue
  found.add(path)
  const { dependencies: needed = {}, optionalDependencies: optional = {} } = packages[path]
  // Electron's own dependencies fetch its binary; they are not part of it.
  if (path !== 'node_modules/electron') open.push(...Object.keys({ ...needed, ...optional }).map((name) => locate(name, path)))
}

const texts = []
const list = [...found].map((path) => {
  const folder = join(root, path)
  const { name, version, license = 'see its text' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text = readdirSync(folder).filter((file) => licenseFile.test(file)).sort().map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n')
  const shown = text || `${license} (the package holds no licence text)`
  if (!texts.includes(shown)) texts.push(shown)
  return { name, version, license: typeof license === 'string' ? license : license.type, text: texts.indexOf(shown) }
})
list.push({ name: 'WordNet (class names)', version: '3.0', license: 'WordNet', text: texts.push(wordNet) - 1 })
list.sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version))
writeFileSync(join(root, 'resources/licenses.json'), `${JSON.stringify({ texts, packages: list }, null, 1)}\n`)
console.log(`${list.length} packages, ${texts.length} texts`)
