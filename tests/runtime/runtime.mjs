// The reader's Python outside a browser: jobs for grade.py from a file, results to standard output, as JSON.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [runtime, grader, jobs] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${runtime}/`, packageBaseUrl: `${runtime}/`, packages: ["numpy"] });
python.FS.writeFile("/home/pyodide/grade.py", readFileSync(grader, "utf8"));

let printed = [];
const sink = { write: (bytes) => printed.push(Buffer.from(bytes)) && bytes.length };
python.setStdout(sink);
python.setStderr({ write: (bytes) => bytes.length });
const answer = python.runPython("import numpy, grade\ngrade.answer");
const about = JSON.parse(python.runPython(
  "import json, sys\njson.dumps({'python': sys.version.split()[0], 'numpy': numpy.__version__, 'platform': sys.platform})"));

const results = JSON.parse(readFileSync(jobs, "utf8")).map((request) => {
  printed = [];
  const begun = performance.now();
  const result = JSON.parse(answer(JSON.stringify(request)));
  return { result, printed: Buffer.concat(printed).toString("utf8"), seconds: (performance.now() - begun) / 1000 };
});
process.stdout.write(JSON.stringify({ about, results }));
