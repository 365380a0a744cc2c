import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './words/en.ts'
import { zhCN } from './words/zh-cn.ts'

export const i18n = i18next

void i18n.use(initReactI18next).init({
  resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
  lng: 'en',
  fallbackLng: false,
  interpolation: { escapeValue: false },
  returnNull: false,
})
