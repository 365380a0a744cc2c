import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { ApiError } from './api.ts'
import { i18nOf } from './i18n.ts'
import { PreferencesProvider, usePreferences } from './preferences.tsx'
import { router } from './router.tsx'
import './style.css'
import { themeOf } from './theme.ts'

/** A refusal will be one again; only a lost connection is worth another try. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      staleTime: 2_000,
      // The server may run on this very machine: whether there is a network says nothing about it.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

function Root() {
  const { language, dark, still } = usePreferences()
  return (
    <I18nextProvider i18n={i18nOf(language)}>
      <ConfigProvider
        theme={themeOf(dark, still)}
        locale={language === 'zh-CN' ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
      >
        <RouterProvider router={router} />
      </ConfigProvider>
    </I18nextProvider>
  )
}

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <PreferencesProvider>
        <Root />
      </PreferencesProvider>
    </QueryClientProvider>
  </StrictMode>,
)
