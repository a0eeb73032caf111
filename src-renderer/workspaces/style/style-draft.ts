/** What was chosen for the next style transfer; it stays while other workspaces are in front. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { Picture } from '#contract/models.ts'
import type { StyleLayer } from '#contract/style.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import { initialChoices } from './style-recipe.ts'
import type { SourcePicture, StyleSource } from './style-recipe.ts'

export const useStyleDraft = defineStore('style-draft', () => {
  const choices = reactive({ ...initialChoices })
  const content = shallowRef<SourcePicture | null>(null)
  /** For a network that makes pictures itself: more than one are made one after another. */
  const more = shallowRef<readonly SourcePicture[]>([])
  const styles = ref<readonly StyleSource[]>([])
  /** Begins there where the choice is 'picture'. */
  const beginning = shallowRef<SourcePicture | null>(null)
  /** The suggested ones of the open model until they are changed. */
  const styleLayers = shallowRef<readonly StyleLayer[]>([])
  const contentLayers = shallowRef<readonly StyleLayer[]>([])
  const pictures = computed(() => [...(content.value ? [content.value] : []), ...more.value])

  function addStyle(picture: SourcePicture): void {
    if (styles.value.some((style) => style.picture.reference.sha256 === picture.reference.sha256) || styles.value.length >= mostStyles) return
    styles.value = [...styles.value, { picture, weight: 1, scale: 1, mask: null }]
  }
  function removeStyle(index: number): void {
    styles.value = styles.value.filter((_, at) => at !== index)
  }
  function changeStyle(index: number, change: Partial<Omit<StyleSource, 'picture'>>): void {
    styles.value = styles.value.map((style, at) => (at === index ? { ...style, ...change } : style))
  }

  return { choices, content, more, pictures, styles, beginning, styleLayers, contentLayers, addStyle, removeStyle, changeStyle }
})

const mostStyles = 8

export const sourceOf = ({ picture, name, thumbnail, width, height }: Picture): SourcePicture => ({ reference: { sha256: picture, name }, thumbnail, width, height })
export const knownOnly = (reference: FileReference): SourcePicture => ({ reference, thumbnail: null, width: 1, height: 1 })
