"""Frames and answers that come late by chance, each by itself: what a slow machine does now and then, all the time.

``LATE=150 make e2e`` finds what takes a moment for granted, in the pages and in the stories.
"""

from __future__ import annotations

import os

from playwright.sync_api import BrowserContext

MOST_MS = int(os.environ.get("LATE", "0"))
SCRIPT = """(() => {
  const late = () => Math.random() < 0.5 ? 0 : Math.random() * %d;
  const { requestAnimationFrame, cancelAnimationFrame, fetch } = window;
  const cancels = new Map();
  let last = 1e6;
  window.requestAnimationFrame = work => {
    const id = ++last;
    const timer = setTimeout(() => {
      const frame = requestAnimationFrame(now => {
        cancels.delete(id);
        work(now);
      });
      cancels.set(id, () => cancelAnimationFrame(frame));
    }, late());
    cancels.set(id, () => clearTimeout(timer));
    return id;
  };
  window.cancelAnimationFrame = id => {
    cancels.get(id)?.();
    cancels.delete(id);
  };
  const pause = () => new Promise(done => setTimeout(done, late()));
  window.fetch = async (...asked) => {
    await pause();
    const answer = await fetch(...asked);
    await pause();
    return answer;
  };
})()"""


def come_late(context: BrowserContext) -> None:
    if MOST_MS:
        context.add_init_script(SCRIPT % MOST_MS)
