"""A webhook on loopback whose answers a test can choose."""

import json
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """Keeps what was posted; `status`, `headers`, `words` and `delay` are the next answers."""

    def __init__(self):
        self.posts = []
        self.paths = []
        self.status, self.words, self.headers, self.delay = 200, "ok", {}, 0.0
        self.host = ""

    @property
    def url(self):
        return f"http://{self.host}/services/T0/B0/a-very-secret-key"


@contextmanager
def running_hook():
    """A `Hook` that listens until the block ends."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            hook.paths.append(self.path)
            hook.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(hook.delay)
            if hook.status is None:
                self.connection.close()
                return
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(hook.words)))
            self.end_headers()
            with suppress(OSError):  # a courier that gave up has hung up
                self.wfile.write(hook.words.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
