// Loads on demand what is split off the program. A file that could not be loaded is fetched anew when it is wanted again,
// past what a cache may have kept of the failure.
import { initSync } from "./main.js";

const loading = new Map();
const failed = new Set();

async function instantiate(file) {
  const url = new URL(`./${file}.wasm`, import.meta.url);
  const response = fetch(url, failed.has(file) ? { cache: "reload" } : {});
  const { __indirect_function_table, __stack_pointer, memory } = initSync();
  await WebAssembly.instantiateStreaming(response, {
    __wasm_split: { __indirect_function_table, __stack_pointer, memory },
  });
}

function load(file) {
  if (!loading.has(file)) {
    const loaded = instantiate(file).catch((error) => {
      loading.delete(file);
      failed.add(file);
      throw error;
    });
    loading.set(file, loaded);
  }
  return loading.get(file);
}

// The program gives the place of a callback in its table, and what that is to be called with beside the outcome.
function loaderOf(files) {
  return async (callback, data) => {
    let isLoaded = true;
    try {
      await Promise.all(files.map(load));
    } catch (error) {
      console.error(error);
      isLoaded = false;
    }
    initSync().__indirect_function_table.get(callback)(data, isLoaded);
  };
}

