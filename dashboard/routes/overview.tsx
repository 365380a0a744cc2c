import { getRouteApi } from '@tanstack/react-router'
import { panels } from '../panels/index.ts'
import { RangeControls } from '../parts/range-controls.tsx'
import { useSpan } from '../span.ts'

const route = getRouteApi('/')

/** The situation at a glance: every number leads to the rows behind it. */
export function Overview() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const span = useSpan(search)
  return (
    <>
      <RangeControls search={search} change={next => void navigate({ search: next, replace: true })} />
      <div className="panels">
        {panels.map(({ name, Panel }) => (
          <Panel key={name} span={span} />
        ))}
      </div>
    </>
  )
}
