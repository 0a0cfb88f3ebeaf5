import './style.css'

/** The routes of this application exist in the browser only: the server has no file for them. */
async function show() {
  document.querySelector('main').textContent = await textOf(location.pathname)
}

async function textOf(path) {
  if (path === '/') return 'Home'
  if (path === '/about') return (await import('./about.js')).about()
  const [, id] = /^\/user\/(\d+)$/.exec(path) ?? []
  return id === undefined ? 'There is no such page' : `User ${id}`
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('nav a')
  if (link === null) return
  event.preventDefault()
  history.pushState(null, '', link.href)
  show()
})
addEventListener('popstate', show)
show()
