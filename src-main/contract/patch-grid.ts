/**
 * How the tokens of a vision transformer lie on the picture: patches in reading order on a square grid, behind tokens that have no
 * place (a class token, one for distillation, registers; Dosovitskiy et al. 2021, Touvron et al. 2021, Darcet et al. 2024).
 */
export interface PatchGrid { readonly side: number; readonly extra: number }

const placeless = [0, 1, 2, 5]

/** Undefined for tokens that are no patches of a square picture. */
export function patchGrid(tokens: number): PatchGrid | undefined {
  for (const extra of placeless) {
    const side = Math.sqrt(tokens - extra)
    if (side > 1 && Number.isInteger(side)) return { side, extra }
  }
  return undefined
}
