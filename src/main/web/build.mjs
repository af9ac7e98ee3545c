// Makes the page's files: node build.mjs [FOLDER], by default the folder that Maven packs.
import { build } from 'esbuild'
import { copyFile, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const here = fileURLToPath(new URL('.', import.meta.url))
const out = process.argv[2] ?? join(here, '../../../target/classes/web')

await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/main.ts', style: 'src/style.css' },
  entryNames: 'app',
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  loader: { '.abi': 'json' },
  banner: { js: '/*! Contains viem (MIT, weth LLC) and uqr (MIT, Anthony Fu, Project Nayuki). */' },
  legalComments: 'none',
  logLevel: 'warning',
})
await mkdir(out, { recursive: true })
for (const file of ['index.html', 'tunnel.html', 'icon.svg', 'favicon.ico']) {
  await copyFile(join(here, file), join(out, file))
}
