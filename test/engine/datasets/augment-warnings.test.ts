import { describe, expect, it } from 'vitest'
import { Augment } from '#contract/training.ts'
import { augmentWarnings } from '#engine/datasets/augment-warnings.ts'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { generators } from '#engine/datasets/registry.ts'

const pictures = { kind: 'pictures', channels: 3, height: 1, width: 1, pixels: new Uint8Array() } as const
const warn = (labels: readonly string[], augment: Partial<Augment>, more: Partial<Dataset> = {}): string =>
  augmentWarnings({ input: pictures, format: 'image-folder', target: { kind: 'classes', labels, classOf: new Int32Array() }, ...more }, Augment.parse(augment)).join(' ')
const digits = Array.from({ length: 10 }, (_, digit) => String(digit))
const cifar = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

describe('warnings of augmentation', () => {
  it.each([
    [digits, { flipHorizontal: true }, /mirrored digit is no digit/],
    [digits, { flipVertical: true }, /upside down is another digit: 6 comes near to 9/],
    [digits, { rotate: 180 }, /6 and 9 cannot be told apart/],
    [['a', 'b', 'c', 'd'], { flipHorizontal: true }, /mirrored letter.*b becomes d/],
    [['stop sign', 'speed limit'], { flipHorizontal: true }, /mirrored letter/],
    [['arrow left', 'arrow right'], { flipHorizontal: true }, /exchanges left and right, and with them 'arrow left', 'arrow right'/],
    [['thumb_up', 'thumb_down'], { flipVertical: true }, /exchanges up and down, and with them 'thumb_up', 'thumb_down'/],
    [['person', 'car'], { flipVertical: true }, /people upside down \('person'\)/],
    [['smiling', 'sad'], { rotate: 90 }, /people upside down/],
    [['ripe', 'unripe'], { color: 0.5 }, /Colour tells these classes apart/],
    [cifar, { erase: 0.9 }, /leaves nothing of the thing/],
  ] as const)('are given for %j with %j', (labels, augment, expected) => {
    expect(warn(labels, augment)).toMatch(expected)
  })

  it.each([
    [cifar, { flipHorizontal: true, shift: 0.1, rotate: 10, color: 0.2, erase: 0.3 }], [digits, { shift: 0.1, rotate: 15, scale: 0.1 }],
    [['daisy', 'tulip'], { flipVertical: true, rotate: 180 }], [['person', 'car'], { flipHorizontal: true }], [['command', 'manager'], { flipVertical: true }], [cifar, {}],
  ] as const)('are not given for %j with %j', (labels, augment) => {
    expect(warn(labels, augment)).toBe('')
  })

  it('know that numbers and points depend on the pose', () => {
    expect(warn([], { rotate: 5 }, { target: { kind: 'numbers', columns: ['angle'], values: new Float32Array() } })).toMatch(/The answer is a number/)
    expect(warn([], { flipHorizontal: true }, { target: { kind: 'numbers', columns: ['left_eye_x', 'left_eye_y'], values: new Float32Array(), geometry: 'keypoints' } })).toMatch(/lie on the other side/)
    expect(warn([], { flipHorizontal: true }, { input: { kind: 'numbers', columns: [], values: new Float32Array() } })).toMatch(/does nothing here/)
  })

  it('are given for the sum of two digits', async () => {
    const data = await generators.get('digit-sum')!.generate({ count: 20 }, { seed: 1 })
    expect(augmentWarnings(data, Augment.parse({ flipVertical: true })).join()).toMatch(/another digit/)
    expect(augmentWarnings(data, Augment.parse({ shift: 0.05, rotate: 5 }))).toEqual([])
  })
})
