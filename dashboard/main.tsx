import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api.ts'
import { i18n } from './i18n.ts'
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
    },
  },
})

function Root() {
  const { language, dark } = usePreferences()
  useEffect(() => void i18n.changeLanguage(language), [language])
  return (
    <ConfigProvider theme={themeOf(dark)} locale={language === 'zh-CN' ? zhCN : enUS}>
      <App>
        <RouterProvider router={router} />
      </App>
    </ConfigProvider>
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
