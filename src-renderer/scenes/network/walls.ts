/** All walls in two draws: the slabs behind, the maps in front. */
import {
  BoxGeometry, Color, DynamicDrawUsage, GLSL3, InstancedBufferAttribute, InstancedBufferGeometry, LinearSRGBColorSpace, Mesh, PlaneGeometry, ShaderMaterial,
} from 'three'
import type { DataArrayTexture, DataTexture } from 'three'
import { createWallMaterial, wallFlags } from './wall-shader.ts'
import type { SlotContent } from './wall-sheet.ts'

/** One wall as it is drawn now. Positions change while blocks fold. */
export interface WallState {
  x: number; y: number; z: number
  width: number; height: number; depth: number
  opacity: number
  slot: number
  content: SlotContent | undefined
  /** Grid shown while there is no content. */
  columns: number; rows: number; tiles: number
  hovered: boolean; selected: boolean
  hoveredTile: number; selectedTile: number
  /** Its maps are drawn by another mesh. */
  faceless: boolean
}

export interface WallColors { readonly empty: string; readonly line: string; readonly accent: string; readonly ink: string; readonly slab: string }

const displayColor = (css: string): Color => new Color().setStyle(css, LinearSRGBColorSpace)

const slabVertex = /* glsl */ `
in vec4 place; in vec4 box;
out vec3 vNormal; out float vOpacity;
void main() {
  vNormal = normal; vOpacity = place.w;
  vec3 at = position * box.xyz;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(place.xy + at.xy, place.z + at.z - 0.5 * box.z - 0.02, 1.0);
}`
const slabFragment = /* glsl */ `
uniform vec3 slab; uniform vec3 line;
in vec3 vNormal; in float vOpacity;
out vec4 fragColor;
void main() {
  float light = 0.5 + 0.5 * dot(normalize(vNormal), normalize(vec3(-0.6, 0.7, 0.4)));
  fragColor = vec4(mix(slab, line, light * 0.7), vOpacity);
}`

export class Walls {
  readonly faces: Mesh<InstancedBufferGeometry, ShaderMaterial>
  readonly slabs: Mesh<InstancedBufferGeometry, ShaderMaterial>
  private readonly capacity: number

  constructor(capacity: number, sheets: DataArrayTexture, colors: DataTexture) {
    this.capacity = capacity
    this.faces = new Mesh(instanced(new PlaneGeometry(1, 1), capacity, { place: 4, extent: 2, slot: 1, grid: 4, tile: 2, marked: 2 }), createWallMaterial(sheets, colors))
    this.slabs = new Mesh(instanced(new BoxGeometry(1, 1, 1), capacity, { place: 4, box: 4 }), new ShaderMaterial({
      glslVersion: GLSL3, vertexShader: slabVertex, fragmentShader: slabFragment, transparent: true, uniforms: { slab: { value: new Color() }, line: { value: new Color() } },
    }))
    for (const mesh of [this.slabs, this.faces]) mesh.frustumCulled = false
    this.slabs.renderOrder = 1
    this.faces.renderOrder = 2
  }

  setColors(colors: WallColors): void {
    for (const name of ['empty', 'line', 'accent', 'ink'] as const) setUniform(this.faces.material, name, displayColor(colors[name]))
    setUniform(this.slabs.material, 'slab', displayColor(colors.slab))
    setUniform(this.slabs.material, 'line', displayColor(colors.line))
  }

  /** Writes the walls, farthest along z first so that what is lifted towards the viewer covers the rest. */
  write(states: readonly WallState[]): void {
    const shown = states.filter((state) => state.opacity > 0.004).sort((a, b) => a.z - b.z).slice(0, this.capacity)
    const slab = writer(this.slabs.geometry)
    shown.forEach((wall, i) => {
      slab('place', i, [wall.x, wall.y, wall.z, wall.opacity])
      slab('box', i, [wall.width, wall.height, wall.depth, 0])
    })
    this.slabs.geometry.instanceCount = shown.length
    const faces = shown.filter(({ faceless }) => !faceless)
    const face = writer(this.faces.geometry)
    faces.forEach((wall, i) => {
      const { content } = wall
      const grid = content?.grid ?? { columns: wall.columns, rows: wall.rows }
      const flags = (content === undefined ? 0 : wallFlags.filled) | (content?.signed === true ? wallFlags.signed : 0) | (content?.merged === true ? wallFlags.merged : 0)
        | (wall.hovered ? wallFlags.hovered : 0) | (wall.selected ? wallFlags.selected : 0)
      face('place', i, [wall.x, wall.y, wall.z, wall.opacity])
      face('extent', i, [wall.width, wall.height])
      face('slot', i, [wall.slot])
      face('grid', i, [grid.columns, grid.rows, content?.tiles ?? wall.tiles, flags])
      face('tile', i, [content?.tileWidth ?? 1, content?.tileHeight ?? 1])
      face('marked', i, [wall.hoveredTile, wall.selectedTile])
    })
    this.faces.geometry.instanceCount = faces.length
  }
}

function setUniform(material: ShaderMaterial, name: string, value: Color): void {
  const uniform = material.uniforms[name]
  if (uniform !== undefined) uniform.value = value
}

function instanced(base: PlaneGeometry | BoxGeometry, capacity: number, attributes: Readonly<Record<string, number>>): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry()
  geometry.index = base.index
  for (const name of ['position', 'normal', 'uv']) { const attribute = base.attributes[name]; if (attribute !== undefined) geometry.setAttribute(name, attribute) }
  for (const [name, size] of Object.entries(attributes)) {
    geometry.setAttribute(name, new InstancedBufferAttribute(new Float32Array(capacity * size), size).setUsage(DynamicDrawUsage))
  }
  geometry.instanceCount = 0
  return geometry
}

function writer(geometry: InstancedBufferGeometry): (name: string, index: number, values: readonly number[]) => void {
  return (name, index, values) => {
    const attribute = geometry.attributes[name]
    if (attribute === undefined) return
    attribute.array.set(values, index * attribute.itemSize)
    attribute.needsUpdate = true
  }
}
