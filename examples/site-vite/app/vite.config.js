import { defineConfig } from 'vite'

// Every hash of this form, almost, is recognized by cacheControl: 'fingerprinted'; see docs/sites.md.
export default defineConfig({
  build: { rolldownOptions: { output: { hashCharacters: 'hex' } } },
})
