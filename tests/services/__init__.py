"""Throwaway services on spare loopback ports, for tests and benchmarks; all from what is installed."""

from tests.services.mail import SmtpCatcher, smtp_catcher
from tests.services.ports import spare_port, wait_until
from tests.services.postgres import Cluster, postgres_cluster, postgres_missing, throwaway_postgres
from tests.services.prepared import copy_sqlite, copy_static, fill_postgres, prepared_postgres
from tests.services.redis import RedisServer, restarting_redis, throwaway_redis
from tests.services.trial import Trial, running_trial

__all__ = [
    "Cluster",
    "RedisServer",
    "SmtpCatcher",
    "Trial",
    "copy_sqlite",
    "copy_static",
    "fill_postgres",
    "postgres_cluster",
    "postgres_missing",
    "prepared_postgres",
    "restarting_redis",
    "running_trial",
    "smtp_catcher",
    "spare_port",
    "throwaway_postgres",
    "throwaway_redis",
    "wait_until",
]
