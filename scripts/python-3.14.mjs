// node python-3.14.mjs DIR PYTEST_WORD...: pytest under CPython 3.14, as WebAssembly, over this repository.
//
// DIR holds node_modules/pyodide and `packages`, which scripts/ensure-python-3.14 puts there. There are no processes and
// no threads: for tests of the compiler, which is pure.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [place, ...words] = process.argv.slice(2);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const home = resolve(place, "node_modules/pyodide");
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: home + "/", env: { HOME: "/home/user", TZ: "UTC" } });
for (const [there, here] of [["/packages", resolve(place, "packages")], ["/repository", root]]) {
  python.FS.mkdirTree(there);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: here }, there);
}
python.globals.set("words", python.toPy(words));
const code = python.runPython(`
import os, sys
os.chdir("/repository")
sys.path[:0] = ["/packages", "/repository/.dev", "/repository"]
sys.dont_write_bytecode = True
os.geteuid, os.getegid = os.getuid, os.getgid  # there is one user
import pytest
print(f"Python {sys.version.split()[0]} on {sys.platform}")
int(pytest.main(["-p", "no:cacheprovider", "-q", "-o", "timeout=0", *words]))
`);
process.exit(code);
