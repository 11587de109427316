"""Production: everything that protects people is on, and what is missing stops the start."""

from config.env import broker_url, email_settings, email_url, env, redis_url
from config.logs import logging_settings

from .base import *  # noqa: F403
from .base import VAR_DIR

for _required in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL"):
    env.str(_required)  # raises ImproperlyConfigured with the name
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
REDIS_URL = redis_url(VAR_DIR)
CELERY_BROKER_URL = broker_url(REDIS_URL)
EMAIL_URL = email_url(VAR_DIR)
vars().update(email_settings(EMAIL_URL))
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
# Asked by the load balancer on the inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LOGGING = logging_settings(
    as_json=env.bool("LOG_JSON", default=True), level=env.str("LOG_LEVEL", default="INFO")
)
