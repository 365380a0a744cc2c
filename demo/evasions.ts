import type { EvasionKind } from './labels.ts'
import { imitatedSites } from './grammar.ts'
import type { Random } from './random.ts'

/** Words that authors hide, with a spelling that sounds the same. Ours; the readings are those of a dictionary. */
const homophones: readonly (readonly [word: string, written: readonly string[]])[] = [
  ['加我', ['嘉我', '佳我', '珈我']],
  ['微信', ['薇芯', '威欣', '维鑫', '葳心']],
  ['红包', ['洪苞', '宏胞', '鸿褒']],
  ['日结', ['日洁', '日姐', '日节']],
  ['转账', ['转帐', '转仗']],
  ['刷单', ['唰丹', '刷丹']],
  ['约炮', ['曰泡', '约泡']],
  ['裸聊', ['倮聊', '裸辽', '臝疗']],
  ['成人', ['乘人', '城人']],
  ['资源', ['姿源', '滋元']],
  ['福利', ['弗莉', '芙丽']],
  ['废物', ['费物', '吠物', '废勿']],
  ['垃圾', ['拉基', '辣鸡']],
  ['脑残', ['恼残', '脑惨']],
  ['弄死', ['弄似', '挵四']],
  ['杀了', ['沙了', '刹了']],
  ['砍了', ['坎了', '侃了']],
  ['自杀', ['自刹', '字沙']],
  ['不想活', ['不想火', '布想活']],
  ['想死', ['想似', '响死']],
  ['遗书', ['遗叔', '宜书']],
  ['割腕', ['割碗', '歌腕']],
  ['折', ['哲', '蛰']],
  ['代理', ['带理', '代莉']],
  ['领', ['岭', '玲']],
  ['群', ['裙', '羣']],
]

const hiddenEnglish =
  /WhatsApp|Telegram|Signal|WeChat|Discord|idiot|loser|moron|nude|naked|adult|kill|smash|stab|die|dying|pills|cash|gift|followers|loans|order/iu

/** The text as somebody writes it who does not want it found; undefined when it has nothing to hide in this way. */
export function evade(random: Random, text: string, kind: EvasionKind): string | undefined {
  return ways[kind](random, text)
}

const ways: Readonly<Record<EvasionKind, (random: Random, text: string) => string | undefined>> = {
  homophone: (random, text) => {
    let changed = text
    for (const [word, written] of homophones) changed = changed.replaceAll(word, () => random.pick(written))
    return changed === text ? undefined : changed
  },
  'zero-width': (random, text) =>
    onWord(text, word => spaced(word, random.pick(['\u200b', '\u200c', '\u2060', '\u00ad']))),
  split: (random, text) => onWord(text, word => ` ${spaced(word, random.pick(separatorsFor(word)))} `),
  'look-alike-domain': (random, text) => {
    const site = imitatedSites.find(candidate => text.includes(candidate))
    return site === undefined ? undefined : text.replace(site, disguised(random, site))
  },
  'mixed-script': (random, text) => onLatin(text, word => mixed(random, word)),
  emoji: (random, text) => {
    const drawn = drawnAsPictures(text)
    return drawn === text ? onWord(text, word => spaced(word, random.pick(['🌸', '🔥', '✨']))) : drawn
  },
}

/** Changes the first word that is worth hiding. */
function onWord(text: string, change: (word: string) => string): string | undefined {
  const word = wordIn(text)
  if (word === undefined) return undefined
  // Three characters together read as one word, so two of them take a neighbour along.
  const at = text.indexOf(word)
  const end = isHan(word) && word.length < 3 ? reach(text, at, word.length) : at + word.length
  return text.slice(0, at) + change(text.slice(at, end)) + text.slice(end)
}

function wordIn(text: string): string | undefined {
  return homophones.find(([word]) => word.length > 1 && text.includes(word))?.[0] ?? hiddenEnglish.exec(text)?.[0]
}

/** End of a piece of at least three Chinese characters that begins at `at`; the end of the word where there are none. */
function reach(text: string, at: number, length: number): number {
  const wide = text.slice(at, at + 3)
  return isHan(wide) && wide.length === 3 ? at + 3 : at + length
}

function isHan(text: string): boolean {
  return /^\p{Script=Han}+$/u.test(text)
}

function spaced(word: string, between: string): string {
  return Array.from(word).join(between)
}

function separatorsFor(word: string): readonly string[] {
  return isHan(word) && word.length < 3 ? ['.', '*', '_', '·'] : [' ', '.', '*', '-', '·', '_']
}

const disguises: Readonly<Record<string, readonly string[]>> = {
  o: ['0', 'о', 'ο'],
  l: ['1', 'ӏ'],
  a: ['а', 'α', '4'],
  e: ['е', '3'],
  i: ['і'],
  p: ['р'],
  t: ['7'],
}

function disguised(random: Random, site: string): string {
  const dot = site.lastIndexOf('.')
  const letters = Array.from(site.slice(0, dot))
  const places = letters.flatMap((letter, at) => (disguises[letter] === undefined ? [] : [at]))
  const place = random.pick(places)
  letters[place] = random.pick(disguises[letters[place] ?? ''] ?? [''])
  return letters.join('') + site.slice(dot)
}

const scripts: Readonly<Record<string, readonly string[]>> = {
  a: ['а', 'α', '@'],
  c: ['с'],
  e: ['е', '3'],
  i: ['і', '1'],
  o: ['о', 'ο', '0'],
  p: ['р', 'ρ'],
  s: ['ѕ', '$'],
  x: ['х', 'χ'],
  y: ['у'],
  v: ['ѵ', 'ν'],
  w: ['ԝ'],
}

/** Changes the first Latin word that has letters with a double: `tеlegrаm`, `ѵx`; full width where it has none. */
function onLatin(text: string, change: (word: string) => string): string | undefined {
  const word = (/(?<![a-z0-9])(?:VX|wx|QQ|v)(?![a-z0-9])/iu.exec(text) ?? hiddenEnglish.exec(text))?.[0]
  return word === undefined ? undefined : text.replace(word, change(word))
}

function mixed(random: Random, word: string): string {
  const letters = Array.from(word)
  const inner = letters.map((letter, at) => {
    const doubles = scripts[letter.toLowerCase()]
    // A sign for a letter is read as one only between letters.
    const between = at > 0 && at < letters.length - 1
    const usable = doubles?.filter(double => between || /\p{L}/u.test(double))
    return usable === undefined || usable.length === 0 || !random.chance(0.6) ? letter : random.pick(usable)
  })
  const result = inner.join('')
  return result === word || !/[a-z]/iu.test(result) ? fullWidth(word) : result
}

function fullWidth(word: string): string {
  return word.replace(/[!-~]/gu, letter => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
}

const pictures: readonly (readonly [word: string, picture: string])[] = [
  ['红包', '🧧'],
  ['钱', '💰'],
  ['成人', '🔞'],
  ['猪', '🐷'],
  ['狗', '🐶'],
  ['刀', '🔪'],
  ['加', '➕'],
  ['电话', '📞'],
]

function drawnAsPictures(text: string): string {
  return pictures.reduce((drawn, [word, picture]) => drawn.replaceAll(word, picture), text)
}
