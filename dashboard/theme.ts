import { theme, type GlobalToken, type ThemeConfig } from 'antd'
import type { CSSProperties } from 'react'

/** Light tokens are mended where antd’s own fail the contrast of WCAG 2.1 AA; in the dark only links and placeholders need it. */
const lightTokens = {
  colorPrimary: '#0958d9',
  colorLink: '#0958d9',
  colorTextPlaceholder: 'rgba(0,0,0,.6)',
  colorTextDescription: 'rgba(0,0,0,.62)',
  colorTextTertiary: 'rgba(0,0,0,.62)',
  colorErrorText: '#a8071a',
  colorSuccessText: '#237804',
}

const darkTokens = {
  colorLink: '#69b1ff',
  colorTextPlaceholder: 'rgba(255,255,255,.65)',
  colorTextDescription: 'rgba(255,255,255,.65)',
}

export function themeOf(dark: boolean, still: boolean): ThemeConfig {
  const shared = {
    borderRadius: 8,
    motion: !still,
    fontFamily: 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
  }
  return dark
    ? { algorithm: theme.darkAlgorithm, token: { ...shared, ...darkTokens }, cssVar: { key: 'riskloom' } }
    : { algorithm: theme.defaultAlgorithm, token: { ...shared, ...lightTokens }, cssVar: { key: 'riskloom' } }
}

/** Colours of label series: distinguishable for colour-blind readers (after Okabe and Ito), one set for each theme. */
const lightSeries = ['#0072b2', '#b34700', '#00704f', '#9a4f7e', '#8a6a00', '#3d3d99', '#a8071a', '#4d6b8a']
const darkSeries = ['#56b4e9', '#ff9d4d', '#2fc99a', '#e3a0c8', '#f0e442', '#a3a3ff', '#ff7875', '#9db8d2']
/** What is harmless stays in the background. */
const quiet = { light: '#8c8c8c', dark: '#6e6e6e' }

/** Colours by place in the alphabet, not by size: a label keeps its colour while the numbers move. */
export function seriesColours(labels: readonly string[], dark: boolean): ReadonlyMap<string, string> {
  const colours = dark ? darkSeries : lightSeries
  const background = dark ? quiet.dark : quiet.light
  const isQuiet = (label: string): boolean => label === '' || label === 'none'
  const loud = labels.filter(label => !isQuiet(label)).toSorted()
  return new Map(
    labels.map(label => [
      label,
      isQuiet(label) ? background : (colours[loud.indexOf(label) % colours.length] ?? background),
    ]),
  )
}

/** The theme as the style sheet knows it. */
export function cssVariables(token: GlobalToken): CSSProperties {
  const variables: Record<`--${string}`, string> = {
    '--page': token.colorBgLayout,
    '--card': token.colorBgContainer,
    '--raised': token.colorBgElevated,
    '--fill': token.colorFillQuaternary,
    '--chosen': token.colorFillSecondary,
    '--line': token.colorBorderSecondary,
    '--text': token.colorText,
    '--quiet': token.colorTextDescription,
    '--link': token.colorLink,
    '--danger': token.colorErrorText,
    '--good': token.colorSuccessText,
    '--font': token.fontFamily,
  }
  return variables
}
