import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const elkWorker = fileURLToPath(
  new URL("./node_modules/elkjs/lib/elk-worker.min.js", import.meta.url),
);

/** elkjs is EPL-2.0: the worker must leave the build byte for byte as it came. */
function elkUnmodified(): Plugin {
  const hash = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex");
  return {
    name: "elk-unmodified",
    generateBundle(_options, bundle) {
      const found = Object.values(bundle).find((file) => file.fileName.includes("elk-worker"));
      if (found?.type !== "asset") this.error("the ELK worker is not in the build as its own file");
      else if (hash(found.source) !== hash(readFileSync(elkWorker))) {
        this.error("the ELK worker in the build differs from the published one");
      }
    },
  };
}

/**
 * Cloudscape's styles carry eight fonts inside them, a quarter of the first load. As files of their own a
 * browser fetches the two or three that a page uses, while it already shows text.
 */
function fontsAsFiles(): Plugin {
  const inline = /url\(["']?data:font\/woff2;base64,([^)"']+)["']?\)/g;
  return {
    name: "fonts-as-files",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        const text =
          typeof file.source === "string" ? file.source : Buffer.from(file.source).toString();
        file.source = text.replace(inline, (_whole, data: string) => {
          const font = Buffer.from(data, "base64");
          const name = `font-${createHash("sha256").update(font).digest("hex").slice(0, 8)}.woff2`;
          this.emitFile({ type: "asset", fileName: `assets/${name}`, source: font });
          return `url(./${name})`;
        });
      }
    },
  };
}

export default defineConfig({
  // Relative: chunks and workers follow whatever STATIC_URL the server uses.
  base: "./",
  plugins: [react(), elkUnmodified(), fontsAsFiles()],
  build: {
    outDir: "dist",
    manifest: true,
    // No data: URLs for scripts or styles under the strict policy of the server.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: ["src/main.tsx", "src/app/early.ts"] },
  },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8000",
      "/ws": { target: "ws://127.0.0.1:8000", ws: true },
    },
  },
  // Beside all else that `make test` does, a second of computing may take ten.
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
