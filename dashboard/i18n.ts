import i18next, { type i18n } from 'i18next'
import type { Language } from './preferences.tsx'
import { en } from './words/en.ts'
import { zhCN } from './words/zh-cn.ts'

/** One instance a language, ready at once: no page is drawn in the wrong language first. */
const instances: Readonly<Record<Language, i18n>> = { en: instanceOf('en'), 'zh-CN': instanceOf('zh-CN') }

export function i18nOf(language: Language): i18n {
  return instances[language]
}

function instanceOf(lng: Language): i18n {
  const instance = i18next.createInstance()
  void instance.init({
    resources: { [lng]: { translation: lng === 'en' ? en : zhCN } },
    lng,
    fallbackLng: false,
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  return instance
}
