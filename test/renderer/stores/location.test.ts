import { expect, it } from 'vitest'
import { formatLocation, parseLocation } from '#renderer/stores/location.ts'

it('addresses keep layer names with slashes, spaces and signs', () => {
  const location = { workspace: 'explore', query: { layer: 'block3/expand 3×3 & more?=', unit: '37' } }
  expect(parseLocation(formatLocation(location))).toEqual(location)
})
it('an empty address is nowhere', () => {
  expect(parseLocation('')).toEqual({ workspace: '', query: {} })
  expect(parseLocation('#/')).toEqual({ workspace: '', query: {} })
})
it('a broken escape does not break the page', () => {
  expect(parseLocation('#/%E0%A4%A')).toEqual({ workspace: '', query: {} })
})
