import { expect, it } from 'vitest'
import { syllableCode, syllableText } from './pinyin.ts'

const read = (text: string) => Array.from(text, character => syllableText(syllableCode(character.codePointAt(0) ?? 0)))

it('gives homophones the same syllable', () => {
  expect(read('加薇芯')).toEqual(['jia', 'wei', 'xin'])
  expect(read('嘉微信')).toEqual(read('加薇芯'))
  expect(read('绿女')).toEqual(['lv', 'nv'])
  expect(syllableText(syllableCode('双'.charCodeAt(0)))).toBe('shuang')
})

it('has none for what is no Chinese character', () => {
  expect(Array.from('a1。😀é', character => syllableCode(character.codePointAt(0) ?? 0))).toEqual([0, 0, 0, 0, 0])
})
