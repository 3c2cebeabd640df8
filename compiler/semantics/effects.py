"""The effects that profiles are made of: what becomes of a scope's status, and where it goes on."""

from __future__ import annotations

from ..plan.model import Effect, Resume, Status

FAIL_AND_LEAVE = Effect(Status.FAILED, Resume.LEAVE)
FAIL_AND_EXIT = Effect(Status.FAILED, Resume.EXIT)
FAIL_AND_GO_ON = Effect(Status.FAILED, Resume.NEXT)
SKIP_AND_LEAVE = Effect(Status.SKIPPED, Resume.LEAVE)
SKIP_AND_EXIT = Effect(Status.SKIPPED, Resume.EXIT)
SKIP_AND_END = Effect(Status.SKIPPED, Resume.END)
KEEP_AND_GO_ON = Effect(None, Resume.NEXT)
KEEP_AND_PASS = Effect(None, Resume.PHASE)
KEEP_AND_LEAVE = Effect(None, Resume.LEAVE)
KEEP_AND_END = Effect(None, Resume.END)
