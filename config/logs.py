"""Logging: one structlog chain for Django, Celery and our own lines; JSON or plain text."""

import logging
import re

import structlog

# Addresses that are a right by themselves: links for people outside, calendar feeds.
_SECRET = re.compile(r"(/(?:s|calendar/feed)/)[\w-]{16,}")


class NoSecrets(logging.Filter):
    """Takes the secret out of addresses before a line is written anywhere."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True; the line is changed, not dropped."""
        if isinstance(record.msg, str) and ("/s/" in (line := record.getMessage()) or "/feed/" in line):
            record.msg, record.args = _SECRET.sub(r"\1…", line), None
        return True


_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_settings(*, as_json: bool, level: str) -> dict:
    """Django's LOGGING: everything to stderr, one line per event; also makes structlog use it."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # Not the formatter of rich, where that is installed: it is slow, and shows values, which may be secrets.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()] if as_json else [plain]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "filters": {"secrets": {"()": NoSecrets}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["secrets"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}},
    }
