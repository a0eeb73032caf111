/** The parts of the frame that open and close. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Component } from 'vue'

export const useFrame = defineStore('frame', () => {
  const inspectorOpen = ref(true)
  const paletteOpen = ref(false)
  const shortcutsOpen = ref(false)
  const catalogueOpen = ref(false)
  const preprocessingOpen = ref(false)
  /** A workspace's own chips, in place of the model's and the picture's while these are not what it is about. */
  const chips = shallowRef<Component | null>(null)
  return { chips, inspectorOpen, paletteOpen, shortcutsOpen, catalogueOpen, preprocessingOpen }
})
