/** What the demonstration tells apart. `none` means that a report was unfounded. */
export const demoLabels = [
  'none',
  'spam-ads',
  'off-platform-luring',
  'harassment',
  'sexual',
  'violence',
  'self-harm',
] as const

export type DemoLabel = (typeof demoLabels)[number]

export type DemoLanguage = 'zh-CN' | 'en'

export type DemoSurface = 'comment' | 'post' | 'profile' | 'live' | 'message'

/** Ways in which authors write around a filter. */
export const evasionKinds = ['homophone', 'zero-width', 'split', 'look-alike-domain', 'mixed-script', 'emoji'] as const

export type EvasionKind = (typeof evasionKinds)[number]
