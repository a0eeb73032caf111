/** Walls: tiles of bytes through a colour table, frames and highlights, in one draw for all. */
import { Color, GLSL3, ShaderMaterial } from 'three'
import type { DataArrayTexture, DataTexture } from 'three'

/** Flags of a wall, one bit each. */
export const wallFlags = { filled: 1, signed: 2, hovered: 4, selected: 8, merged: 16 } as const

const vertexShader = /* glsl */ `
in vec4 place;      // center x, y; z; opacity
in vec2 extent;     // width, height
in float slot;
in vec4 grid;       // columns, rows, tiles, flags
in vec2 tile;       // pixels of one tile
in vec2 marked;     // highlighted tiles: hovered, selected; -1 for none
uniform float margin;
out vec2 vAt;       // world units from the upper left corner of the face, y down
out float vOpacity;
flat out vec2 vExtent;
flat out float vSlot;
flat out vec4 vGrid;
flat out vec2 vTile;
flat out vec2 vMarked;
void main() {
  vec2 corner = position.xy * (extent + 2.0 * margin);
  vAt = vec2(corner.x, -corner.y) + 0.5 * extent;
  vExtent = extent; vSlot = slot; vGrid = grid; vTile = tile; vMarked = marked; vOpacity = place.w;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(place.xy + corner, place.z, 1.0);
}`

const fragmentShader = /* glsl */ `
precision highp sampler2DArray;
uniform sampler2DArray sheets;
uniform sampler2D colors;
uniform vec3 empty;
uniform vec3 line;
uniform vec3 accent;
uniform vec3 ink;
uniform float gap;
in vec2 vAt;
in float vOpacity;
flat in vec2 vExtent;
flat in float vSlot;
flat in vec4 vGrid;
flat in vec2 vTile;
flat in vec2 vMarked;
out vec4 fragColor;

float value(ivec2 origin, vec2 inside) {
  ivec2 texel = clamp(ivec2(floor(inside)), ivec2(0), ivec2(vTile) - 1);
  return texelFetch(sheets, ivec3(origin + texel, int(vSlot)), 0).r;
}

// What a pixel sees of the texels in its footprint: their mean, drawn towards the one farthest from zero, so that sparse
// answers survive being made small. Texels stay hard-edged when magnified.
float filtered(ivec2 origin, vec2 inside, vec2 footprint, float zero) {
  float widest = max(footprint.x, footprint.y);
  int n = widest <= 1.0 ? 1 : widest <= 2.5 ? 2 : 4;
  float sum = 0.0;
  float peak = zero;
  for (int y = 0; y < n; y++) for (int x = 0; x < n; x++) {
    float sampled = value(origin, inside + footprint * ((vec2(x, y) + 0.5) / float(n) - 0.5));
    sum += sampled;
    if (abs(sampled - zero) > abs(peak - zero)) peak = sampled;
  }
  return mix(sum / float(n * n), peak, 0.4);
}

// 1 on a frame of the given width (pixels) just outside of a box, else 0; antialiased.
float frame(vec2 at, vec2 low, vec2 high, vec2 pixel, float width) {
  vec2 outside = max(low - at, at - high) / pixel;
  float d = max(outside.x, outside.y);
  return clamp(d + 0.5, 0.0, 1.0) * clamp(width + 0.5 - d, 0.0, 1.0);
}

void main() {
  vec2 pixel = max(fwidth(vAt), vec2(1e-6));
  int flags = int(vGrid.w + 0.5);
  vec4 color = vec4(0.0);
  if (all(greaterThanEqual(vAt, vec2(0.0))) && all(lessThanEqual(vAt, vExtent))) {
    vec2 cell = vExtent / vGrid.xy;
    vec2 at = vAt / cell;
    vec2 index = min(floor(at), vGrid.xy - 1.0);
    float tile = index.y * vGrid.x + index.x;
    bool merged = (flags & 16) != 0;
    vec2 inCell = (at - index) * cell;
    vec2 space = merged ? vec2(0.0) : gap * cell;
    vec2 face = cell - space;
    vec2 from = inCell - 0.5 * space;
    // Share of the pixel that the tile covers: gaps narrower than a pixel become faint lines, not broken ones.
    vec2 edges = merged ? vec2(1.0) : min(from, face - from) / pixel;
    float cover = clamp(min(edges.x, edges.y) + 0.5, 0.0, 1.0);
    if ((flags & 1) == 0) color = vec4(empty, cover);
    else if (tile < vGrid.z) {
      vec2 inside = merged ? vAt / vExtent * vTile : clamp(from / face, 0.0, 1.0) * vTile;
      vec2 footprint = merged ? pixel / vExtent * vTile : pixel / face * vTile;
      ivec2 origin = merged ? ivec2(0) : ivec2(index * vTile);
      bool signedValues = (flags & 2) != 0;
      float v = filtered(origin, inside, min(footprint, vTile), signedValues ? 0.5 : 0.0);
      color = vec4(texture(colors, vec2((v * 255.0 + 0.5) / 256.0, signedValues ? 0.75 : 0.25)).rgb, cover);
    }
    for (int i = 0; i < 2; i++) {
      float which = i == 0 ? vMarked.x : vMarked.y;
      if (which < 0.0) continue;
      vec2 low = vec2(mod(which, vGrid.x), floor((which + 0.5) / vGrid.x)) * cell;
      float border = frame(vAt, low + 1.5 * pixel, low + cell - 1.5 * pixel, pixel, i == 0 ? 1.5 : 2.0);
      color = mix(color, vec4(i == 0 ? ink : accent, 1.0), border);
    }
  }
  float edge = frame(vAt, vec2(0.0), vExtent, pixel, 1.0);
  color = mix(color, vec4(line, 1.0), edge * ((flags & 1) == 0 ? 1.0 : 0.55));
  if ((flags & 12) != 0) {
    bool selected = (flags & 8) != 0;
    color = mix(color, vec4(accent, 1.0), frame(vAt, -2.0 * pixel, vExtent + 2.0 * pixel, pixel, selected ? 2.0 : 1.25) * (selected ? 1.0 : 0.75));
  }
  color.a *= vOpacity;
  if (color.a < 0.004) discard;
  fragColor = vec4(color.rgb, color.a);
}`

export function createWallMaterial(sheets: DataArrayTexture, colors: DataTexture): ShaderMaterial {
  return new ShaderMaterial({
    glslVersion: GLSL3, vertexShader, fragmentShader, transparent: true,
    uniforms: {
      sheets: { value: sheets }, colors: { value: colors }, margin: { value: 0.35 }, gap: { value: 0.05 },
      empty: { value: new Color(0.1, 0.1, 0.12) }, line: { value: new Color(0.2, 0.2, 0.2) }, accent: { value: new Color(0.4, 1, 0.8) }, ink: { value: new Color(1, 1, 1) },
    },
  })
}
