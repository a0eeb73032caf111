/** What a saved result is called where nobody says: what it was made of, how, and what for. */
import type { SynthesisItem, SynthesisRecipe } from '#contract/synthesis.ts'

const longest = 96
/** Characters that some file system or shell takes for something else; letters of every language stay. */
const slug = (text: string): string => text.replaceAll(/[^\p{L}\p{N}._+]+/gu, '-').replaceAll(/-{2,}/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
const stem = ({ name }: { readonly name: string }): string => name.replace(/\.[^./\\]{1,5}$/, '')

/** Without an extension: 'coast-dream-inception_4c-output'. */
export function suggestName(recipe: SynthesisRecipe, item: Pick<SynthesisItem, 'name' | 'facts'>): string {
  const parts = partsOf(recipe, item).map(slug).filter((part) => part !== '')
  return Array.from(parts.join('-')).slice(0, longest).join('').replace(/[-.]+$/, '') || slug(item.name) || recipe.kind
}

function partsOf(recipe: SynthesisRecipe, { name, facts }: Pick<SynthesisItem, 'name' | 'facts'>): readonly string[] {
  switch (recipe.kind) {
    case 'dream': {
      const { picture, targets, guide, zoom } = recipe.settings
      const layers = targets?.map(({ layer, channels }) => [layer, ...(channels?.kind === 'some' ? channels.of.map(({ channel }) => String(channel)) : [])].join('-')) ?? (Array.isArray(facts['layers']) ? facts['layers'].map(String) : [])
      return [stem(picture), zoom ? 'zoom' : 'dream', ...layers, ...(guide ? ['of', stem(guide)] : [])]
    }
    case 'style':
      return recipe.settings.method === 'optimise'
        ? [stem(recipe.settings.content), 'in', 'the', 'style', 'of', ...recipe.settings.styles.map(({ picture }) => stem(picture))]
        : [stem({ name }), 'style', stem(recipe.model)]
    case 'features': {
      const target = recipe.settings.targets.find((each) => name === each.name || name.startsWith(`${each.name}-`))
      const layer = target?.terms.find((term) => term.layer !== undefined)?.layer
      return [stem(recipe.model), ...(layer === undefined || slug(name).includes(slug(layer)) ? [] : [layer]), name]
    }
    case 'fool': return [stem(recipe.model), recipe.settings.method, stem({ name })]
  }
}
