/** The parts of the frame that open and close. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useFrame = defineStore('frame', () => {
  const inspectorOpen = ref(true)
  const paletteOpen = ref(false)
  const shortcutsOpen = ref(false)
  const catalogueOpen = ref(false)
  const preprocessingOpen = ref(false)
  return { inspectorOpen, paletteOpen, shortcutsOpen, catalogueOpen, preprocessingOpen }
})
